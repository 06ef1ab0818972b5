/** A raster of palette indices to draw text and bars on, and its way into a Frame. */
import { blockWidths } from './axis.js';
import type { Band } from './frame.js';

export interface IndexedCanvas {
  readonly width: number;
  readonly height: number;
  /** Palette indices [height, width]. */
  readonly cells: Uint8Array | Uint16Array;
}

/** Cells of the type that a Band needs for a palette of `colours` colours, all 0. */
export function cellsFor(colours: number, count: number): Uint8Array | Uint16Array {
  return colours <= 256 ? new Uint8Array(count) : new Uint16Array(count);
}

export function createCanvas(width: number, height: number, colours: number, background: number): IndexedCanvas {
  return { width, height, cells: cellsFor(colours, width * height).fill(background) };
}

/** Fills the part of the rectangle that lies on the canvas. */
export function fillRectangle(
  { width, height, cells }: IndexedCanvas,
  x: number,
  y: number,
  rectangleWidth: number,
  rectangleHeight: number,
  colour: number,
): void {
  const right = Math.min(x + rectangleWidth, width);
  const bottom = Math.min(y + rectangleHeight, height);
  for (let row = Math.max(y, 0); row < bottom; row++) {
    for (let column = Math.max(x, 0); column < right; column++) cells[row * width + column] = colour;
  }
}

/** The canvas as a band of `width` pixels (the last column is cut to fit) with cells of `scale` by `scale` pixels. */
export function bandOf(canvas: IndexedCanvas, scale: number, width = canvas.width * scale): Band {
  return {
    columnWidths: blockWidths(scale, width),
    rowHeights: blockWidths(scale, canvas.height * scale),
    cells: canvas.cells,
  };
}

/** Palettes one after another. */
export function joinPalettes(...palettes: readonly ArrayLike<number>[]): Uint8Array {
  const joined = new Uint8Array(palettes.reduce((length, palette) => length + palette.length, 0));
  let end = 0;
  for (const palette of palettes) {
    joined.set(palette, end);
    end += palette.length;
  }
  return joined;
}
