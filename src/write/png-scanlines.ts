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

/** Scanlines of one band. Its first row refers to nothing above it, whose columns may differ. */
export function writeBand(band: Band, width: number, samples: Samples, deflater: ScanlineDeflater): void {
  const { columnWidths, rowHeights, cells } = band;
  const columns = columnWidths.length;
  const isWide = samples.channels === 1 && width >= WIDE_CELL * columns;
  let above = new Uint8Array(PADDING + columns * samples.channels);
  let current = new Uint8Array(above.length);
  for (let row = 0; row < rowHeights.length; row++) {
    let repeats = rowHeights[row]!;
    if (row === 0 || !repeatsRowAbove(cells, row * columns, columns)) {
      repeats--;
      if (isWide) {
        writeRuns(band, row, samples.bytes, deflater);
      } else {
        setSamples(cells, row * columns, columns, samples, current);
        writeResiduals(row === 0 ? FILTER.sub : FILTER.paeth, above, current, columnWidths, samples.channels, deflater);
        [above, current] = [current, above];
      }
    }
    deflater.repeatScanline(repeats);
  }
}

function repeatsRowAbove(cells: Uint8Array | Uint16Array, start: number, columns: number): boolean {
  for (let cell = start; cell < start + columns; cell++) {
    if (cells[cell] !== cells[cell - columns]) return false;
  }
  return true;
}

function writeRuns(band: Band, row: number, bytes: Uint8Array, deflater: ScanlineDeflater): void {
  const { cells, columnWidths } = band;
  const columns = columnWidths.length;
  const first = row * columns;
  deflater.literal(FILTER.none, 0);
  let index = cells[first]!;
  let length = 0;
  for (let column = 0; column < columns; column++) {
    const next = cells[first + column]!;
    if (next !== index) {
      deflater.run(bytes[index]!, length);
      index = next;
      length = 0;
    }
    length += columnWidths[column]!;
  }
  deflater.run(bytes[index]!, length);
}

/** Zeros before the first sample: what the filter finds to the left of the first pixel. */
const PADDING = 3;

function setSamples(
  cells: Uint8Array | Uint16Array,
  start: number,
  columns: number,
  { channels, bytes }: Samples,
  row: Uint8Array,
): void {
  let at = PADDING;
  for (let cell = start; cell < start + columns; cell++) {
    const from = cells[cell]! * channels;
    for (let channel = 0; channel < channels; channel++) row[at++] = bytes[from + channel]!;
  }
}

/** A scanline of `current`; with `above` all zeros Paeth's residuals are those of Sub. */
function writeResiduals(
  filter: number,
  above: Uint8Array,
  current: Uint8Array,
  columnWidths: Uint32Array,
  channels: 1 | 3,
  deflater: ScanlineDeflater,
): void {
  let byte = filter;
  let zeros = 0;
  let at = PADDING;
  for (let column = 0; column < columnWidths.length; column++) {
    for (let channel = 0; channel < channels; channel++, at++) {
      const residual = (current[at]! - paeth(current[at - channels]!, above[at]!, above[at - channels]!)) & 255;
      if (residual === 0) {
        zeros++;
      } else {
        deflater.literal(byte, zeros);
        byte = residual;
        zeros = 0;
      }
    }
    zeros += (columnWidths[column]! - 1) * channels;
  }
  deflater.literal(byte, zeros);
}

/** PNG third edition, 9.4: the one of left, above and corner nearest to left + above - corner; without branches. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  const isNotLeft = ((toAbove - toLeft) | (toCorner - toLeft)) >> 31;
  const isNotAbove = (toCorner - toAbove) >> 31;
  return (left & ~isNotLeft) | (isNotLeft & ((above & ~isNotAbove) | (corner & isNotAbove)));
}
