/**
 * The scanlines of a frame, filtered (PNG third edition, section 9) so that what repeats becomes zeros or runs.
 * A pixel row that repeats the one above is filter Up and zeros. Wide cells are runs of their sample, unfiltered;
 * narrow cells are predicted by filter Paeth, which leaves one byte a cell and zeros in its inside.
 */
import type { Band } from '../map/frame.js';
import type { ScanlineDeflater } from './deflate-scanlines.js';

const FILTER = { none: 0, sub: 1, paeth: 4 } as const;
/** Mean width in pixels from which unfiltered cells take fewer bytes; measured on maps of ResNet18. */
const WIDE_CELL = 5;

/** Bytes a palette index stands for in the file: `channels` each, those of index i from i * channels on. */
export interface Samples {
  readonly channels: 1 | 3;
  readonly bytes: Uint8Array;
}

/** A function that writes the scanlines of one band, with scratch memory of its own. */
export function createBandWriter(deflater: ScanlineDeflater): (band: Band, width: number, samples: Samples) => void {
  // The samples of a row of cells and of the row above it, each after the zeros that filters see on their left.
  let line = new Uint8Array(0);
  let above = new Uint8Array(0);
  let residuals = new Uint8Array(0);
  return ({ columnWidths, rowHeights, cells }, width, { channels, bytes }) => {
    const columns = columnWidths.length;
    const length = channels + columns * channels;
    if (line.length < length) {
      line = new Uint8Array(length);
      above = new Uint8Array(length);
      residuals = new Uint8Array(length);
    }
    // The first row refers to nothing above it, whose columns may differ: with zeros there Paeth is Sub.
    line.fill(0);
    above.fill(0);
    const isWide = channels === 1 && width >= WIDE_CELL * columns;
    for (let row = 0; row < rowHeights.length; row++) {
      let repeats = rowHeights[row]!;
      if (row === 0 || !repeatsRowAbove(cells, row * columns, columns)) {
        repeats--;
        [line, above] = [above, line];
        if (channels === 1) setLine(line, cells, row * columns, columns, bytes);
        else setTrueColourLine(line, cells, row * columns, columns, bytes);
        if (isWide) {
          deflater.runs(FILTER.none, line.subarray(1), columnWidths);
        } else {
          setResiduals(residuals, line, above, channels, columns * channels);
          deflater.literals(row === 0 ? FILTER.sub : FILTER.paeth, residuals, columnWidths, channels);
        }
      }
      deflater.repeatScanline(repeats);
    }
  };
}

type Cells = Band['cells'];

function repeatsRowAbove(cells: Cells, start: number, columns: number): boolean {
  for (let cell = start; cell < start + columns; cell++) {
    if (cells[cell] !== cells[cell - columns]) return false;
  }
  return true;
}

function setLine(line: Uint8Array, cells: Cells, start: number, columns: number, bytes: Uint8Array): void {
  for (let column = 0; column < columns; column++) line[1 + column] = bytes[cells[start + column]!]!;
}

function setTrueColourLine(line: Uint8Array, cells: Cells, start: number, columns: number, bytes: Uint8Array): void {
  for (let column = 0; column < columns; column++) {
    const from = 3 * cells[start + column]!;
    for (let channel = 0; channel < 3; channel++) line[3 + 3 * column + channel] = bytes[from + channel]!;
  }
}

/**
 * What is left of `line` when filter Paeth has predicted it (PNG third edition, 9.4): the one of left, above and corner
 * nearest to left + above - corner. That is the corner while 3 * corner - left - above lies between the other two, else
 * the one of them farther from the corner; without branches, which no processor could guess.
 */
function setResiduals(
  residuals: Uint8Array,
  line: Uint8Array,
  above: Uint8Array,
  channels: number,
  count: number,
): void {
  for (let n = 0; n < count; n++) {
    const a = line[n]!;
    const b = above[n + channels]!;
    const corner = above[n]!;
    const excess = (a - b) & ((a - b) >> 31);
    const low = b + excess;
    const high = a - excess;
    const turn = 3 * corner - a - b;
    const belowHigh = (turn - high) >> 31;
    const aboveLow = (low - turn) >> 31;
    const other = low ^ ((low ^ corner) & belowHigh);
    residuals[n] = line[n + channels]! - (high ^ ((high ^ other) & aboveLow));
  }
}
