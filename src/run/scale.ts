/** Which range of values the colours of each map span, and the passes over the network that finding it takes. */
import { PercentileFinder } from '../map/percentile.js';
import { type Range, rangeOf, symmetricRange } from '../map/range.js';
import { summarise } from '../map/statistics.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Activation, Capture } from './capture.js';

export interface Scale {
  /** What shares a range: every filter has its own, all filters of a layer, all layers, or `fixed`: all maps the range given. */
  readonly by: 'filter' | 'layer' | 'model' | 'fixed';
  /** Only and always with `fixed`. */
  readonly range: Range | null;
  /** The range spans these percentiles of the values and not all of them. */
  readonly percentile: readonly [lo: number, hi: number] | null;
  /** Widens the range so that zero is in the middle. */
  readonly symmetric: boolean;
}

export interface OpenScale {
  /** The activations to draw. */
  activations(): AsyncIterable<Activation> | Iterable<Activation>;
  /** The range that all maps of an activation share; null where each has its own. */
  rangeFor(activation: Activation): Range | null;
}

/**
 * A scale by model must see every activation before the first is drawn: they are kept where they fit the capture's budget at once, else the network runs
 * again for each pass.
 */
export async function openScale(scale: Scale, capture: Capture, image: Tensor): Promise<OpenScale> {
  const once = { activations: () => capture.activations(image) };
  switch (scale.by) {
    case 'filter':
      return { ...once, rangeFor: () => null };
    case 'fixed':
      return { ...once, rangeFor: () => scale.range };
    case 'layer':
      return { ...once, rangeFor: ({ tensor }) => layerRange(tensor.data, scale) };
    case 'model': {
      const kept = capture.holdsAll ? await collect(capture.activations(image)) : null;
      const activations = () => kept ?? capture.activations(image);
      const range = await modelRange(activations, scale);
      return { activations, rangeFor: () => range };
    }
  }
}

function layerRange(values: Float32Array, { percentile, symmetric }: Scale): Range {
  if (!percentile) return widen(rangeOf([summarise(values)]), symmetric);
  const finder = new PercentileFinder(...percentile);
  finder.count(values);
  finder.refine(values);
  return widen(finder.range(), symmetric);
}

async function modelRange(activations: OpenScale['activations'], { percentile, symmetric }: Scale): Promise<Range> {
  if (percentile) {
    const finder = new PercentileFinder(...percentile);
    for await (const { tensor } of activations()) finder.count(tensor.data);
    for await (const { tensor } of activations()) finder.refine(tensor.data);
    return widen(finder.range(), symmetric);
  }
  const statistics = [];
  for await (const { tensor } of activations()) statistics.push(summarise(tensor.data));
  return widen(rangeOf(statistics), symmetric);
}

function widen(range: Range, symmetric: boolean): Range {
  return symmetric ? symmetricRange(range) : range;
}

async function collect(activations: AsyncIterable<Activation>): Promise<Activation[]> {
  const all: Activation[] = [];
  for await (const activation of activations) all.push(activation);
  return all;
}
