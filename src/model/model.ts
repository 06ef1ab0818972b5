import type { ByteSource } from '../bytes/source.js';
import type { Layer } from './layers.js';
import type { ReceptiveField } from './receptive-field.js';
import type { Shape } from './shapes.js';

export type ImageSize = readonly [height: number, width: number];

/** A network that a runtime can open: ONNX bytes and the files that hold its weights. */
export interface Program {
  readonly bytes: Uint8Array;
  /** External data by the location that the ONNX bytes name. */
  readonly files: ReadonlyMap<string, ByteSource>;
  readonly input: string;
  readonly outputs: readonly string[];
}

/** A network with its weights, ready to be asked for tensors. Nothing has run yet. */
export interface Model {
  readonly name: string;
  /** Channels of the image input. */
  readonly channels: number;
  /** Mean and standard deviation of each channel, for values in 0..1. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly layers: readonly Layer[];
  readonly weights: WeightsOrigin;
  /** The smallest program that yields these tensors for an image of this size. */
  program(tensors: readonly string[], size: ImageSize): Promise<Program>;
  /** Shape of every tensor for an image of this size. Throws an InputError where the image is too small. */
  shapes(size: ImageSize): ReadonlyMap<string, Shape>;
  readonly receptiveFields: ReadonlyMap<string, ReceptiveField>;
}

export interface WeightsOrigin {
  readonly source: ByteSource;
  /** `torch zip`, `torch legacy` or `safetensors`. */
  readonly format: string;
  /** What a reader of the output must know about them; null where the file's name says it all. */
  readonly note: string | null;
}
