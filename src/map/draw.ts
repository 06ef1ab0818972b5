/** A feature map as a Frame: coloured cells, enlarged by whole pixels, with a legend below if one is asked for. */
import { blockWidths, nearestWidths } from './axis.js';
import { cellsFor, joinPalettes } from './canvas.js';
import { type Colormap, NAN_COLOUR } from './colormap.js';
import type { Band, Frame } from './frame.js';
import { writeIndices } from './indices.js';
import { drawLegend, LEGEND_COLOURS, type LegendText, legendHeight } from './legend.js';
import type { Range } from './range.js';
import { enlargeSmoothly, type Grid, reduce } from './resample.js';

export interface DrawOptions {
  /** Pixels of the picture, at least 1; the legend's height is added to the frame's. */
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly range: Range;
  readonly colormap: Colormap;
  /** Bilinear enlargement instead of visible cells. Default false. */
  readonly smooth?: boolean | undefined;
  readonly legend?: LegendText | undefined;
}

/**
 * Draws the map [height, width] that starts at `offset` of `values`. Enlargement is by nearest neighbour; an axis with
 * more cells than pixels is averaged by area first.
 *
 * The palette is the colormap's own colours; then NAN_COLOUR if a cell is NaN or there is a legend; then the legend's
 * colours. A constant map (range.lo === range.hi) has the map's first colour throughout. Band widths may be shared
 * between frames: do not write to them or transfer them.
 * Throws RangeError where the map or the frame has no pixels or the map does not lie within `values`.
 */
export function drawMap(
  values: Float32Array,
  offset: number,
  [height, width]: readonly [number, number],
  { frameWidth, frameHeight, range, colormap, smooth = false, legend }: DrawOptions,
): Frame {
  if (!(width >= 1 && height >= 1 && offset >= 0 && offset + width * height <= values.length)) {
    throw new RangeError(`drawMap: [${height}, ${width}] at ${offset} is not a part of ${values.length} values`);
  }
  if (!(frameWidth >= 1 && frameHeight >= 1)) {
    throw new RangeError(`drawMap: a frame of ${frameWidth}x${frameHeight} has no pixels`);
  }
  const map = { values: values.subarray(offset, offset + height * width), height, width };
  const grid = reduce(map, frameHeight, frameWidth);
  const { entries, rgb } = colormap;
  const colour = smooth ? colourSmoothly : colourCells;
  let palette = legend ? joinPalettes(rgb, NAN_COLOUR, LEGEND_COLOURS) : rgb;
  let picture = colour(grid, frameHeight, frameWidth, range, entries, palette);
  if (picture.hasNaN && !legend) {
    palette = joinPalettes(rgb, NAN_COLOUR);
    picture = colour(grid, frameHeight, frameWidth, range, entries, palette);
  }
  if (!legend) return { width: frameWidth, height: frameHeight, palette, bands: [picture.band] };
  const bands = [picture.band, ...drawLegend(legend, frameWidth, range, entries)];
  return { width: frameWidth, height: frameHeight + legendHeight(frameWidth), palette, bands };
}

interface Picture {
  readonly band: Band;
  /** Where it is true, palette entry number `entries` is in use. */
  readonly hasNaN: boolean;
}

function colourCells(
  { values, height, width }: Grid,
  rows: number,
  columns: number,
  range: Range,
  entries: number,
  palette: Uint8Array,
): Picture {
  const cells = cellsFor(palette.length / 3, values.length);
  const hasNaN = writeIndices(values, range, entries, entries, cells);
  return {
    band: { columnWidths: nearestWidths(width, columns), rowHeights: nearestWidths(height, rows), cells },
    hasNaN,
  };
}

function colourSmoothly(
  grid: Grid,
  rows: number,
  columns: number,
  range: Range,
  entries: number,
  palette: Uint8Array,
): Picture {
  const cells = cellsFor(palette.length / 3, rows * columns);
  let hasNaN = false;
  enlargeSmoothly(grid, rows, columns, (row, y) => {
    const target = cells.subarray(y * columns, (y + 1) * columns);
    if (writeIndices(row, range, entries, entries, target)) hasNaN = true;
  });
  return { band: { columnWidths: blockWidths(1, columns), rowHeights: blockWidths(1, rows), cells }, hasNaN };
}
