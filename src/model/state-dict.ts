import type { ByteSource } from '../bytes/source.js';
import type { DType } from '../tensor/tensor.js';

/** One named tensor of a checkpoint: where its bytes lie, not the bytes. */
export interface StateDictEntry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Distance between neighbours along each axis, in elements; row-major for contiguous tensors. */
  readonly strides: readonly number[];
  /** Where the first element lies in the source, in bytes. */
  readonly byteOffset: number;
}

/** A checkpoint's tensors by name, in file order. Every entry's extent has been checked against the source. */
export interface StateDict {
  readonly format: 'torch zip' | 'torch legacy' | 'safetensors';
  readonly source: ByteSource;
  readonly entries: ReadonlyMap<string, StateDictEntry>;
}
