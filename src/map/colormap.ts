/**
 * matplotlib's named colormaps and their colours.
 * Each map keeps its own number of entries (256 for most, 8 to 20 for the qualitative ones, 510 for twilight), because
 * matplotlib's index rule multiplies by it; a table resampled to 256 would be wrong at the edges between entries.
 */
import { decodeBase64 } from '../bytes/base64.js';
import { UsageError } from '../errors.js';
import { nearestNames } from '../nearest-names.js';
import { COLORMAP_TABLES, REVERSED_NUDGES } from './colormaps/tables.js';

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
  const rgb = decodeBase64(COLORMAP_TABLES[base]!);
  return { name, entries: rgb.length / 3, rgb: reversed ? reverse(rgb, REVERSED_NUDGES[base] ?? '') : rgb };
}

function reverse(rgb: Uint8Array, nudges: string): Uint8Array {
  const reversed = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) reversed.set(rgb.subarray(i, i + 3), rgb.length - 3 - i);
  const view = new DataView(decodeBase64(nudges).buffer);
  for (let i = 0; i < view.byteLength; i += 2) {
    const nudge = view.getUint16(i, true);
    reversed[nudge & 0x7fff]! += nudge & 0x8000 ? -1 : 1;
  }
  return reversed;
}
