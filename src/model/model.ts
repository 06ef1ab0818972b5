import type { ByteSource } from '../bytes/source.js';
import type { InputSpec } from './input-spec.js';
import type { Layer } from './layer.js';
import type { ReceptiveField } from './receptive-field.js';
import type { Shape } from './shapes.js';
import type { CheckedRange } from './state-dict.js';

/** A network that a runtime can open: ONNX bytes and the files that hold its weights. */
export interface Program {
  readonly bytes: Uint8Array;
  /** External data by the location that the ONNX bytes name. */
  readonly files: ReadonlyMap<string, ByteSource>;
  /** Half precision is converted within. */
  readonly input: Pick<InputSpec, 'name' | 'layout'> & { readonly dtype: 'float32' | 'uint8' };
  /** Names of float32 outputs. */
  readonly outputs: readonly string[];
  /**
   * Whether what does not depend on the image is computed once, when the program is opened. Default: true, for what exporters write. A graph of
   * ours has only the widening of half-precision weights, which takes longer then than in the run.
   */
  readonly foldConstants?: boolean;
}

export type ImageSize = readonly [height: number, width: number];

/** A network with its weights, ready to be asked for tensors. Nothing has run yet. */
export interface Model {
  readonly name: string;
  readonly input: InputSpec;
  /** Every point that can be tapped, in execution order. */
  readonly layers: readonly Layer[];
  readonly weights: WeightsOrigin;
  /** Elements of all its weights. */
  readonly parameterCount: number;
  /** What a person must know to read its maps, such as that batch norms were folded into the convolutions at export. */
  readonly notes: readonly string[];
  /** The network's answer, where it ends in a classifier whose weights are there: a tensor [1, classes] of logits or probabilities. */
  readonly classifier: {
    readonly tensor: string;
    readonly classes: number;
    readonly kind: 'logits' | 'probabilities';
  } | null;
  /** The smallest program that yields these tensors for an image of this size, as float32. */
  program(tensors: readonly string[], size: ImageSize): Promise<Program>;
  /**
   * Shape of every tensor for an image of this size; null where only the runtime can tell. Throws an InputError where the image
   * is too small, or not of the one size that the network takes.
   */
  shapes(size: ImageSize): ReadonlyMap<string, Shape> | null;
  readonly receptiveFields: ReadonlyMap<string, ReceptiveField>;
}

export interface WeightsOrigin {
  readonly source: ByteSource;
  /** Parts of `source` whose CRC-32 it states, by a tensor that lies there. */
  readonly checksums: ReadonlyMap<string, CheckedRange>;
  /** Files that hold an ONNX network's weights beside it. */
  readonly external: readonly ByteSource[];
  /** `torch zip`, `torch legacy`, `safetensors` or `ONNX`. */
  readonly format: string;
  /** What a reader of the output must know about them; null where the file's name says it all. */
  readonly note: string | null;
}
