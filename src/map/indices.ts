/** Which colour of a colormap a value gets. */
import { openKernels } from './kernels.js';
import type { Range } from './range.js';

/**
 * Writes the colour index of each value, by matplotlib's rule in float64: x = (value - lo) / (hi - lo); floor(x *
 * entries), at most entries - 1; 0 below the range; infinities as the range's ends. NaN gets `nanIndex`. Where lo ===
 * hi, values above it get entries - 1 and all others 0. Returns whether there was a NaN.
 */
export function writeIndices(
  values: Float32Array | Float64Array,
  { lo, hi }: Range,
  entries: number,
  nanIndex: number,
  indices: Uint8Array | Uint16Array,
): boolean {
  const { chunk, floats, doubles, byteIndices, wordIndices, setIndices } = openKernels();
  const isDouble = values instanceof Float64Array;
  const isByte = indices instanceof Uint8Array;
  const input = isDouble ? doubles : floats;
  const output = isByte ? byteIndices : wordIndices;
  // Any span does where there is none: at and below lo the index is 0, and one above it is far beyond the last entry.
  const span = hi - lo || Number.MIN_VALUE;
  let hasNaN = false;
  for (let start = 0; start < values.length; start += chunk) {
    const count = Math.min(chunk, values.length - start);
    input.set(values.subarray(start, start + count));
    if (setIndices(count, isDouble, isByte, lo, span, entries, nanIndex)) hasNaN = true;
    indices.set(output.subarray(0, count), start);
  }
  return hasNaN;
}
