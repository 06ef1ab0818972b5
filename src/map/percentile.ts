/**
 * Ranges between two percentages of the values, exactly as numpy.percentile interpolates them by default (linear, on
 * the values as float64), but over the finite values only: of one map by sorting it, of any number of maps in two
 * passes.
 */
import { UsageError } from '../errors.js';
import type { Range } from './range.js';

const BINS = 65536;
const EXPONENT = 0x7f800000;

/**
 * The range between two percentages of `values[start..end)`; [0, 0] where no value is finite.
 * Throws UsageError unless 0 <= low < high <= 100.
 */
export function percentileRange(values: Float32Array, start: number, end: number, low: number, high: number): Range {
  checkPercentages(low, high);
  // Sorted: -Infinity, the finite values, Infinity, NaN.
  const sorted = values.slice(start, end).sort();
  let first = 0;
  let last = sorted.length - 1;
  while (first <= last && !Number.isFinite(sorted[first])) first++;
  while (last > first && !Number.isFinite(sorted[last])) last--;
  return rangeBetween(low, high, last + 1 - first, (rank) => sorted[first + rank]!);
}

/**
 * The same over any number of arrays in at most 3 MiB: `count` every array, then `refine` every array again (in any
 * order, however they come), then `range()`. Each pass counts 16 bits of a key that sorts as the values do.
 */
export class PercentileFinder {
  readonly #low: number;
  readonly #high: number;
  readonly #upper = new Float64Array(BINS);
  /** By upper bin: 1 + the number of the histogram that refines it, or 0. */
  readonly #slots = new Uint8Array(BINS);
  readonly #lower: Float64Array[] = [];
  /** Where the values of the wanted ranks lie: their upper bin, and how many values lie in lower bins. */
  #places: ReadonlyMap<number, { bin: number; below: number }> | undefined;
  #total = 0;

  /** Percentages; throws UsageError unless 0 <= low < high <= 100. */
  constructor(low: number, high: number) {
    checkPercentages(low, high);
    this.#low = low;
    this.#high = high;
  }

  /** The first pass. */
  count(values: Float32Array, start = 0, end = values.length): void {
    if (this.#places) throw new Error('PercentileFinder: count after refine');
    const upper = this.#upper;
    const bits = bitsOf(values, start, end);
    let skipped = 0;
    for (let i = 0; i < bits.length; i++) {
      const word = bits[i]!;
      if ((word & EXPONENT) === EXPONENT) skipped++;
      else upper[sortKey(word) >>> 16]!++;
    }
    this.#total += bits.length - skipped;
  }

  /** The second pass, over the same values. */
  refine(values: Float32Array, start = 0, end = values.length): void {
    this.#places ??= this.#locate();
    const slots = this.#slots;
    const lower = this.#lower;
    const bits = bitsOf(values, start, end);
    for (let i = 0; i < bits.length; i++) {
      const word = bits[i]!;
      const key = sortKey(word);
      const slot = slots[key >>> 16]!;
      if (slot !== 0 && (word & EXPONENT) !== EXPONENT) lower[slot - 1]![key & 0xffff]!++;
    }
  }

  /** [0, 0] where no value was finite. Throws Error if the second pass did not see the values of the first. */
  range(): Range {
    return rangeBetween(this.#low, this.#high, this.#total, (rank) => this.#valueAt(rank));
  }

  #locate(): ReadonlyMap<number, { bin: number; below: number }> {
    const wanted = [this.#low, this.#high].flatMap((percentage) => ranksAround(percentage, this.#total));
    const places = new Map<number, { bin: number; below: number }>();
    let bin = 0;
    let below = 0;
    for (const rank of wanted.sort((a, b) => a - b)) {
      if (this.#total === 0) break;
      while (below + this.#upper[bin]! <= rank) below += this.#upper[bin++]!;
      places.set(rank, { bin, below });
      if (this.#slots[bin] === 0) this.#slots[bin] = this.#lower.push(new Float64Array(BINS));
    }
    return places;
  }

  #valueAt(rank: number): number {
    const place = this.#places?.get(rank);
    if (place) {
      const lower = this.#lower[this.#slots[place.bin]! - 1]!;
      let seen = place.below;
      for (let low = 0; low < BINS; low++) {
        seen += lower[low]!;
        if (rank < seen) return floatOf((place.bin << 16) | low);
      }
    }
    throw new Error('PercentileFinder: refine must see every array that count saw');
  }
}

function checkPercentages(low: number, high: number): void {
  if (low >= 0 && low < high && high <= 100) return;
  throw new UsageError(
    `percentile ${low},${high}: expected two percentages LO,HI with 0 <= LO < HI <= 100, such as 1,99`,
  );
}

/** numpy's virtual index: a place among the sorted values, with a fraction. */
function virtualIndex(percentage: number, total: number): number {
  return (total - 1) * (percentage / 100);
}

function ranksAround(percentage: number, total: number): [number, number] {
  const rank = Math.floor(virtualIndex(percentage, total));
  return [rank, Math.min(rank + 1, total - 1)];
}

function rangeBetween(low: number, high: number, total: number, valueAt: (rank: number) => number): Range {
  if (total === 0) return { lo: 0, hi: 0 };
  const [lo, hi] = [low, high].map((percentage) => {
    const [a, b] = ranksAround(percentage, total).map(valueAt) as [number, number];
    return interpolate(a, b, virtualIndex(percentage, total) % 1);
  }) as [number, number];
  return { lo, hi };
}

function bitsOf(values: Float32Array, start: number, end: number): Uint32Array {
  const part = values.subarray(start, end);
  return new Uint32Array(part.buffer, part.byteOffset, part.length);
}

/** Orders the bits of float32 values as the values: the sign flipped, and all bits of a negative one. */
function sortKey(word: number): number {
  return (word ^ ((word >> 31) | 0x80000000)) >>> 0;
}

function floatOf(key: number): number {
  const word = key & 0x80000000 ? key ^ 0x80000000 : ~key;
  return new Float32Array(Uint32Array.of(word).buffer)[0]!;
}

/** numpy's _lerp: from the nearer end, so that it is exact at both and monotonic. */
function interpolate(a: number, b: number, t: number): number {
  return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
}
