/** What a feature map's values are like: for its colour range, its place in the manifest and its warnings. */

/** 'dead': all values are zero. 'constant': all are one other value. 'nan', 'infinite': some are, and are left out. */
export type Flag = 'dead' | 'constant' | 'nan' | 'infinite';

/** Over the finite values; min, max, mean, std and zeroFraction are NaN where there is none. */
export interface Statistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Population standard deviation (divisor n), as numpy.std. */
  readonly std: number;
  /** How many are exactly 0 or -0, in 0..1. */
  readonly zeroFraction: number;
  readonly nanCount: number;
  readonly infCount: number;
  readonly flags: readonly Flag[];
}

/**
 * Statistics of `values[start..end)`, summed in float64, the deviation in a second pass about the mean.
 * Throws RangeError unless 0 <= start < end <= values.length.
 */
export function summarise(values: Float32Array, start = 0, end = values.length): Statistics {
  if (!(start >= 0 && start < end && end <= values.length)) {
    throw new RangeError(`summarise: ${start}..${end} is not a part of ${values.length} values`);
  }
  const all = values.subarray(start, end);
  const scan = scanOf(all);
  // A float64 sum of finite float32 values cannot overflow: a sum that did holds a NaN or an infinity.
  if (Number.isFinite(scan.sum)) return describe(all, scan, 0, 0);
  const finite = all.filter((value) => Number.isFinite(value));
  const nanCount = all.filter((value) => Number.isNaN(value)).length;
  return describe(finite, scanOf(finite), nanCount, all.length - finite.length - nanCount);
}

function describe(finite: Float32Array, scan: Scan, nanCount: number, infCount: number): Statistics {
  const count = finite.length;
  const { min, max, sum, zeros } = scan;
  const flags: Flag[] = [];
  if (count > 0 && min === max) flags.push(min === 0 ? 'dead' : 'constant');
  if (nanCount > 0) flags.push('nan');
  if (infCount > 0) flags.push('infinite');
  const mean = sum / count;
  const std = Math.sqrt(squaresAbout(mean, finite) / count);
  return { min, max, mean, std, zeroFraction: zeros / count, nanCount, infCount, flags };
}

interface Scan {
  min: number;
  max: number;
  sum: number;
  zeros: number;
}

/**
 * One pass over values that are all finite; with others only `sum` means something. Two at a time, because additions
 * wait for each other; zeros by their bits and without a branch, because after a ReLU no processor can guess it.
 */
function scanOf(values: Float32Array): Scan {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const odd = values.length % 2;
  let min = values.length > 0 ? values[0]! : Number.NaN;
  let max = min;
  let sumA = odd ? min : 0;
  let sumB = 0;
  let nonZeros = odd && min !== 0 ? 1 : 0;
  for (let i = odd; i < values.length; i += 2) {
    const a = values[i]!;
    const b = values[i + 1]!;
    sumA += a;
    sumB += b;
    if (a < min) min = a;
    else if (a > max) max = a;
    if (b < min) min = b;
    else if (b > max) max = b;
    // Without its sign bit a zero is 0; of all other numbers, they or their negative have the top bit set.
    const magnitudeA = bits[i]! << 1;
    const magnitudeB = bits[i + 1]! << 1;
    nonZeros += ((magnitudeA | -magnitudeA) >>> 31) + ((magnitudeB | -magnitudeB) >>> 31);
  }
  return { min, max, sum: sumA + sumB, zeros: values.length - nonZeros };
}

function squaresAbout(mean: number, values: Float32Array): number {
  const odd = values.length % 2;
  let sumA = odd ? (values[0]! - mean) ** 2 : 0;
  let sumB = 0;
  for (let i = odd; i < values.length; i += 2) {
    const a = values[i]! - mean;
    const b = values[i + 1]! - mean;
    sumA += a * a;
    sumB += b * b;
  }
  return sumA + sumB;
}
