/** An image file to the tensor that a network expects. */
import { InputError, UsageError } from '../errors.js';
import type { Pixels } from '../image/pixels.js';
import { type InputSize, preprocess, type ResizeRecord } from '../image/preprocess.js';
import type { InputSpec, Normalisation } from '../model/input-spec.js';
import type { Tensor } from '../tensor/tensor.js';
import type { ImageFile } from './read-image.js';

export interface NetworkInput {
  /** [1, channels, height, width]. */
  readonly tensor: Tensor;
  /** Null, both, where the file held the tensor itself. */
  readonly normalisation: Normalisation | null;
  readonly resize: ResizeRecord | null;
}

/** Where neither the person nor the network says otherwise. */
export const DEFAULT_SIZE: InputSize = { kind: 'longest', pixels: 600 };

/**
 * `size` null means the one size that the network takes, else DEFAULT_SIZE. A tensor is taken as it is. Throws an InputError for an image whose channels do not fit
 * the network, and a UsageError for a size that it does not take.
 */
export function networkInput({ path, content }: ImageFile, spec: InputSpec, size: InputSize | null): NetworkInput {
  const input = content.kind === 'tensor' ? asItIs(content.tensor) : fromPixels(path, content.pixels, spec, size);
  const [, channels, height, width] = input.tensor.shape;
  if (channels !== spec.channels) {
    throw new InputError(`${path}: the tensor has ${channels} channels, but the network takes ${spec.channels}`);
  }
  if ((spec.height ?? height) !== height || (spec.width ?? width) !== width) {
    const expected = `${spec.width ?? 'any'}x${spec.height ?? 'any'}`;
    if (content.kind === 'tensor') {
      throw new InputError(`${path}: an array of ${width}x${height} cells, but the network takes ${expected} only`);
    }
    throw new UsageError(
      `${path}: an input of ${width}x${height}, but the network takes ${expected} only; leave out --img-size and --crop`,
    );
  }
  return input;
}

function asItIs(tensor: Tensor): NetworkInput {
  return { tensor, normalisation: null, resize: null };
}

function fromPixels(path: string, pixels: Pixels, spec: InputSpec, size: InputSize | null): NetworkInput {
  if (spec.channels !== 1 && spec.channels !== 3) {
    throw new InputError(
      `${path}: a picture, but the network takes ${spec.channels} channels; give a .npy array [${spec.channels}, height, width]`,
    );
  }
  const { height, width, normalisation } = spec;
  const fixed: InputSize | null = height && width ? { kind: 'exact', width, height } : null;
  return { ...preprocess(pixels, { ...normalisation, size: size ?? fixed ?? DEFAULT_SIZE }), normalisation };
}
