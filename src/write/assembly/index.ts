/**
 * PNG files of frames (PNG third edition, W3C 2025), written from the cells: the picture itself is never made.
 * Colour type 3 with 8 bits an index for a palette of at most 256 colours, else colour type 2 with 8 bits a sample;
 * no transparency, no interlace, the chunks IHDR, PLTE, IDAT and IEND alone.
 *
 * What is read lies in memory that `openInput` gave, at multiples of 4: a palette of RGB triplets, and bands, each of five u32:
 * its numbers of rows and columns, then where the u32 heights of its rows, the u32 widths of its columns and its cells are. A
 * cell is a u8 with at most 256 colours, else a u16.
 */
import { crc32 } from './crc32';
import { allocateLines, writeBand } from './filters';
import { allocateLast, grow } from './memory';
import { allocateTokens, beginStream, finishStream } from './scanlines';

export { openInput } from './memory';

/** A palette of more colours makes a true-colour file. */
export const MAX_INDEXED_COLOURS: u32 = 256;
/** Of a band's five u32. */
export const BAND_BYTES: usize = 20;
const SIGNATURE_START: u32 = 0x89504e47;
const SIGNATURE_END: u32 = 0x0d0a1a0a;
const CHUNK_HEADER: u32 = 0x49484452;
const CHUNK_PALETTE: u32 = 0x504c5445;
const CHUNK_DATA: u32 = 0x49444154;
const CHUNK_END: u32 = 0x49454e44;
/** Of everything before the data, and of all after it. */
const MAX_FRAMING_BYTES: usize = 1024;

/** For every palette index that occurs 1, else 0. */
const used: usize = memory.data(1 << 16);
/** Of the used colours, their places in the file's palette. */
const places: usize = memory.data(256);

/** Where the last file starts. */
export let file: usize = 0;

/** The sum of u32 sizes; 0 where one of them is 0. */
export function sumOf(sizes: usize, count: u32): f64 {
  let sum: u64 = 0;
  for (let n: u32 = 0; n < count; n++) {
    const size = load<u32>(sizes + 4 * n);
    if (size === 0) return 0;
    sum += size;
  }
  return sum as f64;
}

/** Looks which colours occur; returns the highest index. */
export function findColours(bands: usize, bandCount: u32, colours: u32): u32 {
  const isByte = colours <= MAX_INDEXED_COLOURS;
  memory.fill(used, 0, isByte ? 1 << 8 : 1 << 16);
  const end = bands + (bandCount as usize) * BAND_BYTES;
  for (let band = bands; band < end; band += BAND_BYTES) {
    const count = load<u32>(band) * load<u32>(band, 4);
    const cells = load<u32>(band, 16) as usize;
    if (isByte) {
      for (let cell = cells; cell < cells + count; cell++) store<u8>(used + (load<u8>(cell) as usize), 1);
    } else {
      for (let cell = cells; cell < cells + 2 * count; cell += 2) store<u8>(used + (load<u16>(cell) as usize), 1);
    }
  }
  let highest: u32 = isByte ? 255 : 0xffff;
  while (load<u8>(used + highest) === 0) highest--;
  return highest;
}

/** Writes the file of a frame whose colours were found; returns its length. The palette holds the used colours alone, in their order. */
export function encode(width: u32, height: u32, palette: usize, colours: u32, bands: usize, bandCount: u32): usize {
  const isIndexed = colours <= MAX_INDEXED_COLOURS;
  const channels: u32 = isIndexed ? 1 : 3;
  let maxColumns: u32 = 0;
  for (let n: usize = 0; n < bandCount; n++) maxColumns = max(maxColumns, load<u32>(bands + n * BAND_BYTES, 4));
  allocateLines(maxColumns, channels);
  allocateTokens(1 + width * channels, maxColumns, channels);
  file = allocateLast();
  grow(file + MAX_FRAMING_BYTES);
  store<u32>(file, bswap(SIGNATURE_START));
  store<u32>(file, bswap(SIGNATURE_END), 4);
  let at = writeHeader(file + 8, width, height, isIndexed ? 3 : 2);
  if (isIndexed) at = writePalette(at, palette, colours);
  beginStream(at + 8);
  const lastBand = bands + ((bandCount - 1) as usize) * BAND_BYTES;
  for (let band = bands; band <= lastBand; band += BAND_BYTES) {
    writeBand(
      load<u32>(band),
      load<u32>(band, 4),
      load<u32>(band, 8),
      load<u32>(band, 12),
      load<u32>(band, 16),
      isIndexed ? places : palette,
      channels,
      width,
    );
  }
  const end = finishStream();
  grow(end + MAX_FRAMING_BYTES);
  at = closeChunk(at, CHUNK_DATA, end);
  return closeChunk(at, CHUNK_END, at + 8) - file;
}

function writeHeader(at: usize, width: u32, height: u32, colourType: u8): usize {
  store<u32>(at, bswap(width), 8);
  store<u32>(at, bswap(height), 12);
  // 8 bits a sample; then the one compression, the one filter method, no interlace.
  store<u8>(at, 8, 16);
  store<u8>(at, colourType, 17);
  store<u8>(at, 0, 18);
  store<u16>(at, 0, 19);
  return closeChunk(at, CHUNK_HEADER, at + 21);
}

/** Writes the used colours, in the palette's order, and notes their places. */
function writePalette(at: usize, palette: usize, colours: u32): usize {
  const start = at + 8;
  let count: u32 = 0;
  for (let index: u32 = 0; index < colours; index++) {
    if (load<u8>(used + index) === 0) continue;
    memory.copy(start + 3 * count, palette + 3 * index, 3);
    store<u8>(places + index, count as u8);
    count++;
  }
  return closeChunk(at, CHUNK_PALETTE, start + 3 * count);
}

/** Writes length, type and checksum around the data, which is between `at` + 8 and `end`; returns where the next chunk begins. */
function closeChunk(at: usize, type: u32, end: usize): usize {
  store<u32>(at, bswap((end - at - 8) as u32));
  store<u32>(at, bswap(type), 4);
  store<u32>(end, bswap(crc32(at + 4, end)));
  return end + 4;
}
