/**
 * matplotlib's named colormaps: their colours, and which colour a value gets.
 * Each map keeps its own number of entries (256 for most, 8 to 20 for the qualitative ones, 510 for twilight), because
 * matplotlib's index rule multiplies by it; a table resampled to 256 would be wrong at the edges between entries.
 */
import { UsageError } from '../errors.js';
import { nearestNames } from '../nearest-names.js';
import { COLORMAP_TABLES, REVERSED_NUDGES } from './colormaps/tables.js';
import type { Range } from './range.js';

export interface Colormap {
  readonly name: string;
  /** How many colours it has, the N of the index rule. */
  readonly entries: number;
  /** RGB triplets [entries, 3]. */
  readonly rgb: Uint8Array;
}

/**
 * Every map by matplotlib's categories, in its reference's order with aliases beside their original; each has a `_r`.
 */
export const COLORMAP_NAMES = {
  'Perceptually uniform sequential': ['viridis', 'plasma', 'inferno', 'magma', 'cividis'],
  // biome-ignore format: rows as in matplotlib's reference
  Sequential: [
    'Greys', 'Grays', 'Purples', 'Blues', 'Greens', 'Oranges', 'Reds', 'YlOrBr', 'YlOrRd', 'OrRd',
    'PuRd', 'RdPu', 'BuPu', 'GnBu', 'PuBu', 'YlGnBu', 'PuBuGn', 'BuGn', 'YlGn',
  ],
  // biome-ignore format: rows as in matplotlib's reference
  'Sequential (2)': [
    'binary', 'gist_yarg', 'gist_yerg', 'gist_gray', 'gist_grey', 'gray', 'grey', 'bone', 'pink', 'spring',
    'summer', 'autumn', 'winter', 'cool', 'Wistia', 'hot', 'afmhot', 'gist_heat', 'copper',
  ],
  // biome-ignore format: rows as in matplotlib's reference
  Diverging: [
    'PiYG', 'PRGn', 'BrBG', 'PuOr', 'RdGy', 'RdBu', 'RdYlBu', 'RdYlGn', 'Spectral', 'coolwarm',
    'bwr', 'seismic', 'berlin', 'managua', 'vanimo',
  ],
  Cyclic: ['twilight', 'twilight_shifted', 'hsv'],
  // biome-ignore format: rows as in matplotlib's reference
  Qualitative: [
    'Pastel1', 'Pastel2', 'Paired', 'Accent', 'okabe_ito', 'Dark2', 'Set1', 'Set2', 'Set3', 'tab10',
    'tab20', 'tab20b', 'tab20c',
  ],
  // biome-ignore format: rows as in matplotlib's reference
  Miscellaneous: [
    'flag', 'prism', 'ocean', 'gist_earth', 'terrain', 'gist_stern', 'gnuplot', 'gnuplot2', 'CMRmap', 'cubehelix',
    'brg', 'gist_rainbow', 'rainbow', 'jet', 'turbo', 'nipy_spectral', 'gist_ncar',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * The colour of NaN: in none of matplotlib's maps, so that it always reads as 'no value here'. (matplotlib leaves NaN
 * transparent, which a picture without alpha cannot.)
 */
export const NAN_COLOUR = [255, 0, 128] as const;

/**
 * The named map, or with `_r` the reversed one, decoded on request.
 * Throws UsageError with the nearest names where matplotlib has no such map.
 */
export function readColormap(name: string): Colormap {
  const reversed = name.endsWith('_r');
  const base = reversed ? name.slice(0, -2) : name;
  if (!Object.hasOwn(COLORMAP_TABLES, base)) {
    const suffix = reversed ? '_r' : '';
    const names = Object.keys(COLORMAP_TABLES).map((known) => known + suffix);
    const nearest = nearestNames(name, names).join(', ');
    throw new UsageError(
      `unknown colormap '${name}'; the nearest names are ${nearest}. 'featurescope colormaps' draws them all`,
    );
  }
  const rgb = bytesOf(COLORMAP_TABLES[base]!);
  return { name, entries: rgb.length / 3, rgb: reversed ? reverse(rgb, REVERSED_NUDGES[base] ?? '') : rgb };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function reverse(rgb: Uint8Array, nudges: string): Uint8Array {
  const reversed = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) reversed.set(rgb.subarray(i, i + 3), rgb.length - 3 - i);
  const view = new DataView(bytesOf(nudges).buffer);
  for (let i = 0; i < view.byteLength; i += 2) {
    const nudge = view.getUint16(i, true);
    reversed[nudge & 0x7fff]! += nudge & 0x8000 ? -1 : 1;
  }
  return reversed;
}

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
  // Any span does where there is none: at and below lo the index is 0, and one above it is far beyond the last entry.
  const span = hi - lo || Number.MIN_VALUE;
  const last = entries - 1;
  let hasNaN = false;
  for (let i = 0; i < values.length; i++) {
    const scaled = ((values[i]! - lo) / span) * entries;
    if (scaled >= 0 && scaled < entries) indices[i] = scaled | 0;
    else if (scaled >= entries) indices[i] = last;
    else if (scaled < 0) indices[i] = 0;
    else {
      indices[i] = nanIndex;
      hasNaN = true;
    }
  }
  return hasNaN;
}
