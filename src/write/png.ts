/**
 * PNG files of frames, made by the WebAssembly of `assembly/`, which says what they are like. WebAssembly because every thread
 * would have to compile JavaScript anew while it runs, and because nothing in JavaScript multiplies vectors.
 */
import { instantiate } from '../bytes/web-assembly.js';
import type { Band, Frame } from '../map/frame.js';
import { WRITE_ASSEMBLY } from './write-assembly.js';

/** PNG's own limit of a dimension. */
const MAX_HEIGHT = 0x7fffffff;
/** A scanline that repeats the one above must fit a block of deflate. */
const MAX_SCANLINE_BYTES = 2 ** 24;
const MAX_WIDTH = Math.floor((MAX_SCANLINE_BYTES - 1) / 3);
/** With the scratch memory and the file that follow from them, they stay within 32 bits, and a chunk within PNG's 31. */
const MAX_INPUT_BYTES = 2 ** 30;

export type PngEncoder = (frame: Frame) => Uint8Array<ArrayBuffer>;

/** What `assembly/index.ts` exports; pointers are offsets in `memory`. */
interface Assembly {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly file: Variable;
  readonly MAX_INDEXED_COLOURS: Variable;
  readonly BAND_BYTES: Variable;
  openInput(byteLength: number): number;
  sumOf(sizes: number, count: number): number;
  findColours(bands: number, bandCount: number, colours: number): number;
  encode(width: number, height: number, palette: number, colours: number, bands: number, bandCount: number): number;
}

interface Variable {
  readonly value: number;
}

/**
 * An encoder with scratch memory of its own, for one thread; each call returns a new array. The palette of the
 * file holds the used colours alone, in their order. The same frame always gives the same bytes.
 * Throws an Error for a frame that contradicts itself.
 */
export function createPngEncoder(): PngEncoder {
  const assembly = instantiate<Assembly>(WRITE_ASSEMBLY);
  return (frame) => {
    const { width, height, palette, bands } = frame;
    if (!(width > 0 && width <= MAX_WIDTH && height > 0 && height <= MAX_HEIGHT)) {
      throw new Error(`a frame of ${width}x${height}`);
    }
    const colours = palette.length / 3;
    if (!(Number.isInteger(colours) && colours > 0)) throw new Error(`a palette of ${palette.length} bytes`);
    const input = openInput(assembly, frame);
    const bandBytes = assembly.BAND_BYTES.value;
    const bandTable = input.reserve(bandBytes * bands.length);
    const palettePlace = input.put(palette);
    let bandHeights = 0;
    for (let n = 0; n < bands.length; n++) {
      bandHeights += putBand(assembly, input, bands[n]!, bandTable + bandBytes * n, frame);
    }
    if (bandHeights !== height) throw new Error(`bands of ${bandHeights} pixels in a frame ${height} high`);
    const highest = assembly.findColours(bandTable, bands.length, colours);
    if (highest >= colours) throw new Error(`palette index ${highest} of ${colours} colours`);
    const length = assembly.encode(width, height, palettePlace, colours, bandTable, bands.length);
    const start = assembly.file.value;
    return new Uint8Array(assembly.memory.buffer).slice(start, start + length);
  };
}

/** Copies a band to the assembly's memory and its record to `record`; returns its height in pixels. */
function putBand(
  assembly: Assembly,
  input: Input,
  { rowHeights, columnWidths, cells }: Band,
  record: number,
  { width, palette }: Frame,
): number {
  const [rows, columns] = [rowHeights.length, columnWidths.length];
  if (cells.length !== rows * columns) throw new Error(`a band of ${rows}x${columns} with ${cells.length} cells`);
  const cellBytes = palette.length <= 3 * assembly.MAX_INDEXED_COLOURS.value ? 1 : 2;
  if (cells.BYTES_PER_ELEMENT !== cellBytes) {
    throw new Error(`cells of ${cells.BYTES_PER_ELEMENT} bytes for ${palette.length / 3} colours`);
  }
  const heights = input.put(rowHeights);
  const widths = input.put(columnWidths);
  input.words.set([rows, columns, heights, widths, input.put(cells)], record / 4);
  const bandWidth = assembly.sumOf(widths, columns);
  const bandHeight = assembly.sumOf(heights, rows);
  if (bandWidth === 0 || bandHeight === 0) throw new Error('a band with a column or row of 0 pixels');
  if (bandWidth !== width) throw new Error(`columns of ${bandWidth} pixels in a frame ${width} wide`);
  return bandHeight;
}

/** Memory that arrays are copied to, one after another. */
interface Input {
  readonly words: Uint32Array;
  reserve(byteLength: number): number;
  put(array: Uint8Array | Uint16Array | Uint32Array): number;
}

function openInput(assembly: Assembly, { palette, bands }: Frame): Input {
  let byteLength = assembly.BAND_BYTES.value * bands.length + aligned(palette.byteLength);
  for (const { rowHeights, columnWidths, cells } of bands) {
    byteLength += rowHeights.byteLength + columnWidths.byteLength + aligned(cells.byteLength);
  }
  if (byteLength > MAX_INPUT_BYTES) {
    throw new Error(`a frame of ${byteLength} bytes in cells and sizes; ${MAX_INPUT_BYTES} at most are possible`);
  }
  let end = assembly.openInput(byteLength);
  const bytes = new Uint8Array(assembly.memory.buffer);
  const reserve = (byteLength: number) => {
    const start = end;
    end += aligned(byteLength);
    return start;
  };
  return {
    words: new Uint32Array(assembly.memory.buffer),
    reserve,
    put: (array) => {
      const start = reserve(array.byteLength);
      bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start);
      return start;
    },
  };
}

function aligned(byteLength: number): number {
  return 4 * Math.ceil(byteLength / 4);
}
