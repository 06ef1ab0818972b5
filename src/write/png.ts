/**
 * PNG files of frames (PNG third edition, W3C 2025), written from the cells: the picture itself is never made.
 * Colour type 3 with 8 bits an index for a palette of at most 256 colours, else colour type 2 with 8 bits a sample;
 * no transparency, no interlace, the chunks IHDR, PLTE, IDAT and IEND alone.
 */
import { crc32 } from '../bytes/crc32.js';
import type { Frame } from '../map/frame.js';
import { MAX_SCANLINE_BYTES, ScanlineDeflater } from './deflate-scanlines.js';
import { createBandWriter, type Samples } from './png-scanlines.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CHUNK_OVERHEAD = 12;
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
  return (frame) => {
    const colourCount = checkFrame(frame);
    const isIndexed = colourCount <= MAX_INDEXED_COLOURS;
    const palette = isIndexed ? trimPalette(frame, places) : undefined;
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
    let highest = 0;
    for (let cell = 0; cell < cells.length; cell++) highest = Math.max(highest, cells[cell]!);
    if (highest >= colourCount) throw new Error(`palette index ${highest} of ${colourCount} colours`);
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

/** The colours that occur, in the palette's order; sets `places[index]` to the place of the index among them. */
function trimPalette(frame: Frame, places: Uint8Array): Uint8Array {
  places.fill(0);
  for (const { cells } of frame.bands) {
    for (let cell = 0; cell < cells.length; cell++) places[cells[cell]!] = 1;
  }
  const used = new Uint8Array(frame.palette.length);
  let count = 0;
  for (let index = 0; 3 * index < used.length; index++) {
    if (places[index] === 0) continue;
    for (let channel = 0; channel < 3; channel++) used[3 * count + channel] = frame.palette[3 * index + channel]!;
    places[index] = count++;
  }
  return used.subarray(0, 3 * count);
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
  let at = closeChunk(view, SIGNATURE.length, 'IHDR', 13);
  if (palette) {
    file.set(palette, at + 8);
    at = closeChunk(view, at, 'PLTE', palette.length);
  }
  file.set(stream, at + 8);
  at = closeChunk(view, at, 'IDAT', stream.length);
  closeChunk(view, at, 'IEND', 0);
  return file;
}

/** Writes length, type and checksum around the `length` bytes already at `at` + 8; returns where the next begins. */
function closeChunk(view: DataView, at: number, type: string, length: number): number {
  view.setUint32(at, length);
  for (let index = 0; index < 4; index++) view.setUint8(at + 4 + index, type.charCodeAt(index));
  const bytes = new Uint8Array(view.buffer);
  view.setUint32(at + 8 + length, crc32(bytes, at + 4, at + 8 + length));
  return at + CHUNK_OVERHEAD + length;
}
