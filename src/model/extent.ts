/** Exact sizes of tensors whose shape comes from a stranger's file: every product either is exact or is refused. */
import { DTYPE_BYTES, type DType } from '../tensor/tensor.js';

/** PyTorch's own limit on dimensions. */
export const MAX_RANK = 64;

/**
 * Bytes of a dense tensor, or undefined where the number is not a safe integer and therefore no real tensor's.
 * `shape` holds non-negative safe integers; a tensor with an empty axis has 0 bytes whatever its other axes are.
 */
export function denseByteLength(dtype: DType, shape: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0;
  let byteLength: number = DTYPE_BYTES[dtype];
  for (const size of shape) {
    byteLength *= size;
    if (!Number.isSafeInteger(byteLength)) return undefined;
  }
  return byteLength;
}

/**
 * Elements from a tensor's first to its last in memory, both included; 0 for an empty tensor, undefined where the
 * number is not a safe integer. Strides are non-negative safe integers, in elements.
 */
export function spanInElements(shape: readonly number[], strides: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0;
  let span = 1;
  for (const [axis, size] of shape.entries()) {
    const reach = (size - 1) * strides[axis]!;
    span += reach;
    if (!Number.isSafeInteger(reach) || !Number.isSafeInteger(span)) return undefined;
  }
  return span;
}

/** Strides in elements of a dense tensor; as PyTorch has it, an empty axis counts as one element. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= Math.max(shape[axis]!, 1);
  }
  return strides;
}
