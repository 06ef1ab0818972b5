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
  for (let row = 0; row < rowHeights.length; row++) {
    let repeats = rowHeights[row]!;
    if (row === 0 || !repeatsRowAbove(cells, row * columns, columns)) {
      repeats--;
      if (isWide) writeRuns(band, row, samples.bytes, deflater);
      else writeResiduals(band, row, samples, deflater);
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

/** What is left of a row when filter Paeth, or Sub in the first row, has predicted it. */
function writeResiduals(band: Band, row: number, { channels, bytes }: Samples, deflater: ScanlineDeflater): void {
  const { cells, columnWidths } = band;
  const columns = columnWidths.length;
  const first = row * columns;
  const hasAbove = row > 0;
  // A byte waits until the zeros after it are counted.
  let byte: number = hasAbove ? FILTER.paeth : FILTER.sub;
  let zeros = 0;
  let left = -1;
  let corner = -1;
  for (let column = 0; column < columns; column++) {
    const index = cells[first + column]!;
    const above = hasAbove ? cells[first + column - columns]! : -1;
    const width = columnWidths[column]!;
    if (index === left && above === corner) {
      zeros += width * channels;
      continue;
    }
    for (let channel = 0; channel < channels; channel++) {
      const a = left < 0 ? 0 : bytes[left * channels + channel]!;
      const b = above < 0 ? 0 : bytes[above * channels + channel]!;
      const c = corner < 0 ? 0 : bytes[corner * channels + channel]!;
      const residual = (bytes[index * channels + channel]! - paeth(a, b, c)) & 255;
      if (residual === 0) {
        zeros++;
      } else {
        deflater.literal(byte, zeros);
        byte = residual;
        zeros = 0;
      }
    }
    zeros += (width - 1) * channels;
    left = index;
    corner = above;
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
