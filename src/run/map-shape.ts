/** How a layer's tensor falls into feature maps. */
import { ModelError } from '../errors.js';
import type { Layer } from '../model/layer.js';
import type { Tensor } from '../tensor/tensor.js';

export interface MapShape {
  readonly filters: number;
  /** Maps a filter: the depth of a convolution in three dimensions, else 1. */
  readonly slices: number;
  /** In cells; 1 for a convolution in one dimension, whose maps are strips. */
  readonly height: number;
  readonly width: number;
}

/** [1, C, L], [1, C, H, W] or [1, C, D, H, W]; a vector [1, C] has maps of one cell. Throws a ModelError for another rank or a batch. */
export function mapShape({ path }: Layer, shape: readonly number[]): MapShape {
  const [batch, filters = 1, ...spatial] = shape;
  if (batch !== 1 || shape.length < 2 || shape.length > 5) {
    throw new ModelError(
      `${path} has shape [${shape.join(', ')}], expected [1, channels, ...] with at most three spatial axes; choose other --layers`,
    );
  }
  const [width = 1, height = 1, slices = 1] = spatial.toReversed();
  return { filters, slices, height, width };
}

/** The same values as [1, filters * slices, height, width]. */
export function asMaps({ data }: Tensor, { filters, slices, height, width }: MapShape): Tensor {
  return { shape: [1, filters * slices, height, width], data };
}
