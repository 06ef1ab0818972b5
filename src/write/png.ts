/**
 * PNG files of frames (PNG third edition, W3C 2025), written from the cells: the picture itself is never made.
 * Colour type 3 with 8 bits an index for a palette of at most 256 colours, else colour type 2 with 8 bits a sample;
 * no transparency, no interlace, the chunks IHDR, PLTE, IDAT and IEND alone.
 */
import { crc32 } from '../bytes/crc32.js';
import type { Band, Frame } from '../map/frame.js';
import { MAX_SCANLINE_BYTES, ScanlineDeflater } from './deflate-scanlines.js';
import { createBandWriter, type Samples } from './png-scanlines.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CHUNK_OVERHEAD = 12;
/** Four characters each. */
const CHUNK_TYPE = { header: 0x49484452, palette: 0x504c5445, data: 0x49444154, end: 0x49454e44 } as const;
const COLOUR_TYPE = { trueColour: 2, indexed: 3 } as const;
const MAX_INDEXED_COLOURS = 256;
/** PNG's own limit of a dimension. */
const MAX_HEIGHT = 0x7fffffff;
const MAX_WIDTH = Math.floor((MAX_SCANLINE_BYTES - 1) / 3);

export type PngEncoder = (frame: Frame) => Uint8Array;

/**
 * An encoder with scratch memory of its own, for one thread; each call returns a new array. The palette of the
 * file holds the used colours alone, in their order. The same frame always gives the same bytes.
 * Throws an Error for a frame that contradicts itself.
 */
export function createPngEncoder(): PngEncoder {
  const deflater = new ScanlineDeflater();
  const writeBand = createBandWriter(deflater);
  const places = new Uint8Array(MAX_INDEXED_COLOURS);
  const used = { byte: new Uint8Array(1 << 8), word: new Uint8Array(1 << 16) };
  return (frame) => {
    const colourCount = checkFrame(frame);
    const isByte = frame.bands.every(({ cells }) => cells.BYTES_PER_ELEMENT === 1);
    const usedColours = isByte ? used.byte : used.word;
    findColours(frame, colourCount, usedColours);
    const isIndexed = colourCount <= MAX_INDEXED_COLOURS;
    const palette = isIndexed ? trimPalette(frame.palette, usedColours, places) : undefined;
    const samples: Samples = isIndexed ? { channels: 1, bytes: places } : { channels: 3, bytes: frame.palette };
    deflater.begin(1 + frame.width * samples.channels);
    for (const band of frame.bands) writeBand(band, frame.width, samples);
    return assemble(frame, palette, deflater.finish());
  };
}

function checkFrame(frame: Frame): number {
  const { width, height, palette, bands } = frame;
  const colourCount = palette.length / 3;
  if (!(Number.isInteger(colourCount) && colourCount > 0)) throw new Error(`a palette of ${palette.length} bytes`);
  if (!(width > 0 && width <= MAX_WIDTH && height > 0 && height <= MAX_HEIGHT))
    throw new Error(`a frame of ${width}x${height}`);
  let bandHeights = 0;
  for (const { columnWidths, rowHeights, cells } of bands) {
    if (cells.length !== columnWidths.length * rowHeights.length) {
      throw new Error(`a band of ${rowHeights.length}x${columnWidths.length} with ${cells.length} cells`);
    }
    if (sum(columnWidths) !== width) throw new Error(`columns of ${sum(columnWidths)} pixels in a frame ${width} wide`);
    bandHeights += sum(rowHeights);
  }
  if (bandHeights !== height) throw new Error(`bands of ${bandHeights} pixels in a frame ${height} high`);
  return colourCount;
}

/** The sum of sizes that must all be at least 1. */
function sum(sizes: Uint32Array): number {
  let total = 0;
  for (const size of sizes) {
    if (size === 0) throw new Error('a band with a column or row of 0 pixels');
    total += size;
  }
  return total;
}

/** Sets `used` to 1 for every palette index that occurs, else 0; it has a place for all that the cells can hold. */
function findColours({ bands }: Frame, colourCount: number, used: Uint8Array): void {
  used.fill(0);
  for (const { cells } of bands) markCells(cells, used);
  const highest = used.lastIndexOf(1);
  if (highest >= colourCount) throw new Error(`palette index ${highest} of ${colourCount} colours`);
}

function markCells(cells: Band['cells'], used: Uint8Array): void {
  for (let cell = 0; cell < cells.length; cell++) used[cells[cell]!] = 1;
}

/** The used colours, in the palette's order; sets `places[index]` to the place of the index among them. */
function trimPalette(palette: Uint8Array, used: Uint8Array, places: Uint8Array): Uint8Array {
  const trimmed = new Uint8Array(palette.length);
  let count = 0;
  for (let index = 0; 3 * index < palette.length; index++) {
    if (used[index] === 0) continue;
    for (let channel = 0; channel < 3; channel++) trimmed[3 * count + channel] = palette[3 * index + channel]!;
    places[index] = count++;
  }
  return trimmed.subarray(0, 3 * count);
}

function assemble(frame: Frame, palette: Uint8Array | undefined, stream: Uint8Array): Uint8Array {
  const byteLength =
    SIGNATURE.length +
    (CHUNK_OVERHEAD + 13) +
    (palette ? CHUNK_OVERHEAD + palette.length : 0) +
    (CHUNK_OVERHEAD + stream.length) +
    CHUNK_OVERHEAD;
  const file = new Uint8Array(byteLength);
  const view = new DataView(file.buffer);
  file.set(SIGNATURE);
  view.setUint32(16, frame.width);
  view.setUint32(20, frame.height);
  file[24] = 8;
  file[25] = palette ? COLOUR_TYPE.indexed : COLOUR_TYPE.trueColour;
  let at = closeChunk(file, view, SIGNATURE.length, CHUNK_TYPE.header, 13);
  if (palette) {
    file.set(palette, at + 8);
    at = closeChunk(file, view, at, CHUNK_TYPE.palette, palette.length);
  }
  file.set(stream, at + 8);
  at = closeChunk(file, view, at, CHUNK_TYPE.data, stream.length);
  closeChunk(file, view, at, CHUNK_TYPE.end, 0);
  return file;
}

/** Writes length, type and checksum around the `length` bytes already at `at` + 8; returns where the next begins. */
function closeChunk(file: Uint8Array, view: DataView, at: number, type: number, length: number): number {
  view.setUint32(at, length);
  view.setUint32(at + 4, type);
  view.setUint32(at + 8 + length, crc32(file, at + 4, at + 8 + length));
  return at + CHUNK_OVERHEAD + length;
}
