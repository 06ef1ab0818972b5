/** What a feature map's values are like: for its colour range, its place in the manifest and its warnings. */
import { openKernels } from './kernels.js';

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

/** One pass over values that are all finite; with others only `sum` means something. */
function scanOf(values: Float32Array): Scan {
  const kernels = openKernels();
  const { chunk, floats } = kernels;
  const scan: Scan = { min: Number.NaN, max: Number.NaN, sum: 0, zeros: 0 };
  for (let start = 0; start < values.length; start += chunk) {
    const part = values.subarray(start, start + chunk);
    floats.set(part);
    kernels.scan(part.length);
    scan.min = start === 0 ? kernels.minimum.value : Math.min(scan.min, kernels.minimum.value);
    scan.max = start === 0 ? kernels.maximum.value : Math.max(scan.max, kernels.maximum.value);
    scan.sum += kernels.sum.value;
    scan.zeros += kernels.zeros.value;
  }
  return scan;
}

function squaresAbout(mean: number, values: Float32Array): number {
  const { chunk, floats, squaresAbout } = openKernels();
  let squares = 0;
  for (let start = 0; start < values.length; start += chunk) {
    const part = values.subarray(start, start + chunk);
    // Of a map that is one chunk, they are still there.
    if (values.length > chunk) floats.set(part);
    squares += squaresAbout(mean, part.length);
  }
  return squares;
}
