/** Frames as pixels, expanded the slow and obvious way. */
import { GLYPH_HEIGHT, GLYPH_ROWS, GLYPH_WIDTH } from '../../src/map/font-glyphs.js';
import type { Frame } from '../../src/map/frame.js';

/** Palette indices [height][width]; throws where the bands break the Frame's contract. */
export function indicesOf({ width, height, palette, bands }: Frame): number[][] {
  const colours = palette.length / 3;
  const pixels: number[][] = [];
  for (const { columnWidths, rowHeights, cells } of bands) {
    if (cells.length !== columnWidths.length * rowHeights.length) throw new Error('cells are not rows x columns');
    if (cells instanceof Uint8Array !== colours <= 256) throw new Error('wrong cell type for the palette');
    if (columnWidths.includes(0) || rowHeights.includes(0)) throw new Error('a row or column without pixels');
    rowHeights.forEach((rowHeight, row) => {
      const line = [...columnWidths].flatMap((columnWidth, column) =>
        new Array<number>(columnWidth).fill(cells[row * columnWidths.length + column]!),
      );
      if (line.length !== width) throw new Error(`a row of ${line.length} pixels in a frame of ${width}`);
      if (line.some((index) => index >= colours)) throw new Error('an index beyond the palette');
      for (let i = 0; i < rowHeight; i++) pixels.push(line);
    });
  }
  if (pixels.length !== height) throw new Error(`${pixels.length} rows in a frame of ${height}`);
  return pixels;
}

/** RGB bytes [height, width, 3]. */
export function rgbOf(frame: Frame): Uint8Array {
  const { palette } = frame;
  return Uint8Array.from(
    indicesOf(frame).flatMap((line) => line.flatMap((i) => [...palette.subarray(3 * i, 3 * i + 3)])),
  );
}

/**
 * Reads the text that is drawn in one colour, the tops of its capitals in row `top`, between the columns `from` and
 * `to`; '?' for a shape that no character has.
 */
export function readText(
  pixels: number[][],
  top: number,
  colour: number,
  { scale = 1, from = 0, to = pixels[0]!.length } = {},
): string {
  const phases = Array.from({ length: GLYPH_WIDTH + 1 }, (_, phase) => readFrom(from + phase * scale));
  return phases.reduce((best, text) => (text.split('?').length < best.split('?').length ? text : best));

  function readFrom(start: number): string {
    let text = '';
    for (let x = start; x < to; x += (GLYPH_WIDTH + 1) * scale) {
      let shape = '';
      for (let y = 0; y < GLYPH_HEIGHT; y++) {
        for (let dot = 0; dot < GLYPH_WIDTH; dot++) {
          const column = x + dot * scale;
          shape += column < to && pixels[top + y * scale]?.[column] === colour ? '#' : '.';
        }
      }
      text += characterOf(shape);
    }
    return text.trim();
  }
}

/** Characters by their shape: '#' and '.' row by row. */
const CHARACTERS = new Map<string, string>(
  GLYPH_ROWS.flatMap(({ characters, picture }) => {
    const lines = picture.trim().split('\n');
    return [...characters].map(
      (character, i) => [lines.map((line) => line.split(' ')[i]).join(''), character] as const,
    );
  }),
);

function characterOf(shape: string): string {
  return shape.includes('#') ? (CHARACTERS.get(shape) ?? '?') : ' ';
}
