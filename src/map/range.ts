/** The values that the two ends of a colormap stand for, in the units of the feature map, and where they come from. */
import { UsageError } from '../errors.js';
import type { Statistics } from './statistics.js';

/** Both finite, lo <= hi. */
export interface Range {
  readonly lo: number;
  readonly hi: number;
}

/**
 * The smallest range that holds every finite value of the given maps: of one map for a scale by filter, of a layer's
 * or a model's maps for a shared one. Without any finite value [0, 0].
 */
export function rangeOf(maps: Iterable<Pick<Statistics, 'min' | 'max'>>): Range {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const { min, max } of maps) {
    if (min < lo) lo = min;
    if (max > hi) hi = max;
  }
  return lo <= hi ? { lo, hi } : { lo: 0, hi: 0 };
}

/**
 * [-m, m] with m the larger magnitude of the two ends, so that zero has the middle colour. A range of zeros only
 * becomes [-1, 1]: there too zero has the middle colour.
 */
export function symmetricRange({ lo, hi }: Range): Range {
  const magnitude = Math.max(Math.abs(lo), Math.abs(hi)) || 1;
  return { lo: -magnitude, hi: magnitude };
}

/** A range that a user gives. Throws UsageError unless both ends are finite, lo < hi and float64 can hold hi - lo. */
export function fixedRange(lo: number, hi: number): Range {
  if (!(lo < hi && Number.isFinite(hi - lo))) {
    throw new UsageError(`range ${lo},${hi}: expected two finite numbers LO,HI with LO below HI, such as -1,1`);
  }
  return { lo, hi };
}
