import type { ByteSource } from '../bytes/source.js';
import type { DType } from '../tensor/tensor.js';
import type { ByteRange } from './read-ranges.js';

/** Bytes of a file whose CRC-32 the file itself gives. */
export interface CheckedRange extends ByteRange {
  readonly crc32: number;
}

/** One named tensor of a checkpoint: where its bytes lie, not the bytes. */
export interface StateDictEntry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Distance between neighbours along each axis, in elements; row-major for contiguous tensors. */
  readonly strides: readonly number[];
  /** Where the first element lies in the source, in bytes. */
  readonly byteOffset: number;
  /** What to read to verify the tensor, where the format has checksums: its whole storage, which others may share. */
  readonly storage?: CheckedRange;
}

/** A checkpoint's tensors by name, in file order. Every entry's extent has been checked against the source. */
export interface StateDict {
  readonly format: 'torch zip' | 'torch legacy' | 'safetensors';
  readonly source: ByteSource;
  readonly entries: ReadonlyMap<string, StateDictEntry>;
}

/** Whether the elements lie in row-major order without gaps. The stride of an axis of size 1 plays no part. */
export function isContiguous({ shape, strides }: StateDictEntry): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}
