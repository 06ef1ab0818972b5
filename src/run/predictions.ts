/** What a classifier answered, best first. */
import type { Model } from '../model/model.js';
import type { Tensor } from '../tensor/tensor.js';

export interface Prediction {
  /** Index of the class, from 0. */
  readonly class: number;
  /** Null where the classes' names are not known. */
  readonly name: string | null;
  /** Null where the network gives probabilities only. */
  readonly logit: number | null;
  /** In 0..1. */
  readonly probability: number;
}

/** The `count` most probable classes of an answer [1, classes]; the softmax is taken in float64. */
export function predictionsOf(
  { data }: Tensor,
  { kind }: NonNullable<Model['classifier']>,
  names: readonly string[] | null,
  count = 10,
): Prediction[] {
  const largest = data.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(data, (value) => Math.exp(value - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return [...data.keys()]
    .sort((a, b) => data[b]! - data[a]!)
    .slice(0, count)
    .map((index) => ({
      class: index,
      name: names?.[index] ?? null,
      logit: kind === 'logits' ? data[index]! : null,
      probability: kind === 'logits' ? powers[index]! / total : data[index]!,
    }));
}
