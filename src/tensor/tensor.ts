/** Element types that checkpoints and networks use, with their size in bytes. */
export const DTYPE_BYTES = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const;

export type DType = keyof typeof DTYPE_BYTES;

/** Dense float32 values in row-major order; an image batch or activation is [1, channels, height, width]. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Row-major little-endian bytes of any element type, as a checkpoint stores them. */
export interface RawTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
