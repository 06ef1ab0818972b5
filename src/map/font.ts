/** Text on an indexed canvas in the program's own bitmap font, so that pictures need no fonts of the machine. */
import { fillRectangle, type IndexedCanvas } from './canvas.js';
import { GLYPH_HEIGHT, GLYPH_ROWS, GLYPH_WIDTH } from './font-glyphs.js';

/** From one character to the next, and from one line to the next, in pixels at scale 1. */
export const CHARACTER_WIDTH = GLYPH_WIDTH + 1;
export const LINE_HEIGHT = GLYPH_HEIGHT + 2;

const MISSING = '□';
let glyphs: ReadonlyMap<string, readonly number[]> | undefined;

/** For each character the places of its ink, y * GLYPH_WIDTH + x; read from the pictures when text is first drawn. */
function readGlyphs(): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([[' ', []]]);
  for (const { characters, picture } of GLYPH_ROWS) {
    const lines = picture.trim().split('\n');
    [...characters].forEach((character, place) => {
      const shape = lines
        .map((line) => line.slice(place * CHARACTER_WIDTH, place * CHARACTER_WIDTH + GLYPH_WIDTH))
        .join('');
      shapes.set(
        character,
        [...shape].flatMap((dot, i) => (dot === '#' ? [i] : [])),
      );
    });
  }
  return shapes;
}

/**
 * Draws one line with its top left corner at (x, y); the top row stays free. A character that the font lacks becomes a
 * box, and what lies outside the canvas is cut. `colour` is a palette index, `scale` a whole number of pixels per dot.
 */
export function drawText(canvas: IndexedCanvas, x: number, y: number, text: string, colour: number, scale = 1): void {
  glyphs ??= readGlyphs();
  let left = x;
  for (const character of text) {
    for (const dot of glyphs.get(character) ?? glyphs.get(MISSING)!) {
      const column = left + (dot % GLYPH_WIDTH) * scale;
      const row = y + (1 + Math.floor(dot / GLYPH_WIDTH)) * scale;
      fillRectangle(canvas, column, row, scale, scale, colour);
    }
    left += CHARACTER_WIDTH * scale;
  }
}

/** In pixels, without the space after the last character. */
export function textWidth(text: string, scale = 1): number {
  return Math.max([...text].length * CHARACTER_WIDTH - 1, 0) * scale;
}

/**
 * The text in at most `length` characters: its middle gives way to an ellipsis, its end (the most telling part) goes
 * last.
 */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  if (length < 1) return '';
  const head = Math.floor((length - 1) / 2);
  const tail = length - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}
