/**
 * How the cells of a map lie on the pixels of a frame along one axis. Positions are computed in whole numbers where
 * they decide which cell is shown. All tables depend on (cells, pixels) only and are cached: treat them as read-only.
 */

const CACHED_SIZES = 256;

/** Remembers tables by their sizes; forgets all of them when a long-lived process has met too many. */
function cached<T>(make: (cells: number, pixels: number) => T): (cells: number, pixels: number) => T {
  const tables = new Map<string, T>();
  return (cells, pixels) => {
    const key = `${cells}:${pixels}`;
    let table = tables.get(key);
    if (table === undefined) {
      if (tables.size >= CACHED_SIZES) tables.clear();
      table = make(cells, pixels);
      tables.set(key, table);
    }
    return table;
  };
}

/** Pixels of each cell where cells <= pixels: pixel i shows cell floor((i + 0.5) * cells / pixels). */
export const nearestWidths = cached((cells, pixels) => {
  const widths = new Uint32Array(cells);
  for (let i = 0; i < pixels; i++) widths[Math.floor(((2 * i + 1) * cells) / (2 * pixels))]!++;
  return widths;
});

/** Cells of `size` pixels side by side; the last is what is left of `pixels`. */
export const blockWidths = cached((size, pixels) => {
  const widths = new Uint32Array(Math.ceil(pixels / size)).fill(size);
  widths[widths.length - 1] = pixels - size * (widths.length - 1);
  return widths;
});

/** What each pixel of a reduced axis covers: the cells `first[i]..first[i + 1]`, the shared ones on an edge in part. */
export interface Coverage {
  /** First cell of each pixel. */
  readonly first: Uint32Array;
  /** Number of cells that each pixel touches. */
  readonly count: Uint32Array;
  /** [pixels, stride] parts of a cell in 1 / pixels of it, whole numbers that add up to `cells` for each pixel. */
  readonly weights: Float64Array;
  readonly stride: number;
}

/** Area average where cells > pixels: pixel i covers [i, i + 1) * cells / pixels. */
export const coverage = cached((cells, pixels): Coverage => {
  const stride = Math.ceil(cells / pixels) + 1;
  const first = new Uint32Array(pixels);
  const count = new Uint32Array(pixels);
  const weights = new Float64Array(pixels * stride);
  // In parts of a cell, 1 / pixels each: cell c is [c, c + 1) * pixels and pixel i is [i, i + 1) * cells.
  for (let i = 0; i < pixels; i++) {
    const from = i * cells;
    const to = from + cells;
    const firstCell = Math.floor(from / pixels);
    const endCell = Math.ceil(to / pixels);
    first[i] = firstCell;
    count[i] = endCell - firstCell;
    for (let c = firstCell; c < endCell; c++) {
      weights[i * stride + c - firstCell] = Math.min(to, (c + 1) * pixels) - Math.max(from, c * pixels);
    }
  }
  return { first, count, weights, stride };
});

/** The two cells that each pixel blends: (1 - t) * left + t * right; right is left where t is 0. */
export interface Blend {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly t: Float64Array;
}

/** Bilinear enlargement where cells <= pixels: half-pixel centres, edges clamped, as torch's align_corners=False. */
export const blend = cached((cells, pixels): Blend => {
  const left = new Uint32Array(pixels);
  const right = new Uint32Array(pixels);
  const t = new Float64Array(pixels);
  for (let i = 0; i < pixels; i++) {
    // (i + 0.5) * cells / pixels - 0.5 as one fraction.
    const numerator = Math.max((2 * i + 1) * cells - pixels, 0);
    const cell = Math.min(Math.floor(numerator / (2 * pixels)), cells - 1);
    const part = cell === cells - 1 ? 0 : (numerator - cell * 2 * pixels) / (2 * pixels);
    left[i] = cell;
    right[i] = part > 0 ? cell + 1 : cell;
    t[i] = part;
  }
  return { left, right, t };
});
