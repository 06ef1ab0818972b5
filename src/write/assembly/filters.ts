/**
 * The scanlines of a band, filtered (PNG third edition, section 9) so that what repeats becomes zeros or runs.
 * A pixel row that repeats the one above is filter Up and zeros. Wide cells are runs of their sample, unfiltered;
 * narrow cells are predicted by filter Paeth, which leaves one byte a cell and zeros in its inside.
 */
import { allocate } from './memory';
import { repeatScanline, writeLiterals, writeRuns } from './scanlines';

const FILTER_NONE: u32 = 0;
const FILTER_SUB: u32 = 1;
const FILTER_PAETH: u32 = 4;
/** Mean width in pixels from which unfiltered cells take fewer bytes; measured on maps of ResNet18. */
const WIDE_CELL: u32 = 5;

/** The samples of a row of cells and of the row above it, each after the zeros that filters see on their left. */
let line: usize = 0;
let above: usize = 0;
let residuals: usize = 0;
/** Where a row's samples start in a scanline, u32. */
let positions: usize = 0;

export function allocateLines(maxColumns: u32, channels: u32): void {
  const length = channels * (maxColumns + 1);
  line = allocate(length);
  above = allocate(length);
  residuals = allocate(length);
  positions = allocate(4 * length);
}

/**
 * A band of [rows, columns] cells, each a u8, or with 3 channels a u16, whose samples are `channels` of `bytes` each. u32
 * `widths` and `heights` are its columns' and rows' pixels.
 */
export function writeBand(
  rows: u32,
  columns: u32,
  heights: usize,
  widths: usize,
  cells: usize,
  bytes: usize,
  channels: u32,
  width: u32,
): void {
  // The first row refers to nothing above it, whose columns may differ: with zeros there Paeth is Sub.
  memory.fill(line, 0, channels * (columns + 1));
  memory.fill(above, 0, channels * (columns + 1));
  const isWide = channels === 1 && width >= WIDE_CELL * columns;
  setPositions(widths, columns, channels);
  const stride: usize = channels === 1 ? (columns as usize) : 2 * (columns as usize);
  for (let row: u32 = 0; row < rows; row++, cells += stride) {
    let repeats = load<u32>(heights + 4 * row);
    if (row === 0 || !isEqual(cells, cells - stride, stride)) {
      repeats--;
      const previous = line;
      line = above;
      above = previous;
      if (channels === 1) setLine(cells, columns, bytes);
      else setTrueColourLine(cells, columns, bytes);
      if (isWide) {
        writeRuns(FILTER_NONE, line + 1, positions, columns, width);
      } else {
        setResiduals(channels, columns * channels);
        writeLiterals(
          row === 0 ? FILTER_SUB : FILTER_PAETH,
          residuals,
          positions,
          columns * channels,
          width * channels,
        );
      }
    }
    repeatScanline(repeats);
  }
}

function setPositions(widths: usize, columns: u32, channels: u32): void {
  let position: u32 = 0;
  let target = positions;
  for (let column: u32 = 0; column < columns; column++) {
    for (let channel: u32 = 0; channel < channels; channel++) {
      store<u32>(target, position + channel);
      target += 4;
    }
    position += load<u32>(widths + 4 * column) * channels;
  }
}

function isEqual(a: usize, b: usize, byteLength: usize): bool {
  const end = a + byteLength;
  for (; a + 8 <= end; a += 8, b += 8) {
    if (load<u64>(a) !== load<u64>(b)) return false;
  }
  for (; a < end; a++, b++) {
    if (load<u8>(a) !== load<u8>(b)) return false;
  }
  return true;
}

function setLine(cells: usize, columns: u32, bytes: usize): void {
  const target = line + 1;
  for (let column: u32 = 0; column < columns; column++) {
    store<u8>(target + column, load<u8>(bytes + (load<u8>(cells + column) as usize)));
  }
}

function setTrueColourLine(cells: usize, columns: u32, bytes: usize): void {
  let target = line + 3;
  for (let column: u32 = 0; column < columns; column++, target += 3) {
    const from = bytes + 3 * (load<u16>(cells + 2 * column) as usize);
    store<u16>(target, load<u16>(from));
    store<u8>(target, load<u8>(from, 2), 2);
  }
}

/** What is left of the first `count` samples of `line` when filter Paeth has predicted them (PNG third edition, 9.4), 8 at a time. */
function setResiduals(channels: u32, count: u32): void {
  for (let n: u32 = 0; n < count; n += 8) {
    const left = v128.load_ext<u8>(line + n);
    const up = v128.load_ext<u8>(above + channels + n);
    const corner = v128.load_ext<u8>(above + n);
    // The distances of left + up - corner from left, up and corner.
    const fromLeft = i16x8.sub(up, corner);
    const fromUp = i16x8.sub(left, corner);
    const leftDistance = i16x8.abs(fromLeft);
    const upDistance = i16x8.abs(fromUp);
    const cornerDistance = i16x8.abs(i16x8.add(fromLeft, fromUp));
    const isCorner = i16x8.lt_s(cornerDistance, upDistance);
    const upOrCorner = v128.bitselect(corner, up, isCorner);
    const isLeft = i16x8.le_s(leftDistance, i16x8.min_s(upDistance, cornerDistance));
    const predicted = v128.bitselect(left, upOrCorner, isLeft);
    const residual = i16x8.sub(v128.load_ext<u8>(line + channels + n), predicted);
    const bytes = v128.and(residual, i16x8.splat(255));
    store<u64>(residuals + n, i64x2.extract_lane(i8x16.narrow_i16x8_u(bytes, bytes), 0));
  }
  memory.fill(residuals + count, 0, 16);
}
