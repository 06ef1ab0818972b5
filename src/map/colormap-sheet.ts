/** One picture of all colormaps by name and category, to choose one from. */
import { bandOf, createCanvas, fillRectangle, type IndexedCanvas, joinPalettes } from './canvas.js';
import { COLORMAP_NAMES, readColormap } from './colormap.js';
import { drawText, LINE_HEIGHT, textWidth } from './font.js';
import type { Frame } from './frame.js';

/** RGB triplets, at the start of the palette: background, names, headings. */
const SHEET_COLOURS = [17, 17, 17, 190, 190, 190, 255, 255, 255] as const;
const [BACKGROUND, NAME, HEADING] = [0, 1, 2] as const;

/** Pixels. A strip has one for each of 256 steps through its map. */
const MARGIN = 24;
const COLUMNS = 3;
const NAME_WIDTH = textWidth('twilight_shifted');
const NAME_GAP = 8;
const STRIP_WIDTH = 256;
const STRIP_HEIGHT = 14;
const ROW_HEIGHT = 18;
const COLUMN_WIDTH = NAME_WIDTH + NAME_GAP + STRIP_WIDTH;
const COLUMN_GAP = 28;
const HEADING_HEIGHT = 2 * LINE_HEIGHT + 6;
const CATEGORY_GAP = 14;
const NOTE = 'Each map has a reversed one: add _r to its name. Colours as in matplotlib.';

/** A true-colour frame with every map of COLORMAP_NAMES, low values at the left; read down, then across. */
export function drawColormapSheet(): Frame {
  const categories = Object.entries(COLORMAP_NAMES);
  const heights = categories.map(([, names]) => HEADING_HEIGHT + Math.ceil(names.length / COLUMNS) * ROW_HEIGHT);
  const height = heights.reduce((sum, value) => sum + value + CATEGORY_GAP, 2 * MARGIN + LINE_HEIGHT);
  const width = 2 * MARGIN + COLUMNS * COLUMN_WIDTH + (COLUMNS - 1) * COLUMN_GAP;

  const colormaps = categories.map(([, names]) => names.map(readColormap));
  const palette = joinPalettes(SHEET_COLOURS, ...colormaps.flat().map(({ rgb }) => rgb));
  const canvas = createCanvas(width, height, palette.length / 3, BACKGROUND);
  let y = MARGIN;
  let firstColour = SHEET_COLOURS.length / 3;
  categories.forEach(([category], place) => {
    drawText(canvas, MARGIN, y, category, HEADING, 2);
    const maps = colormaps[place]!;
    const rows = Math.ceil(maps.length / COLUMNS);
    maps.forEach(({ name, entries }, i) => {
      const x = MARGIN + Math.floor(i / rows) * (COLUMN_WIDTH + COLUMN_GAP);
      const top = y + HEADING_HEIGHT + (i % rows) * ROW_HEIGHT;
      drawText(canvas, x + NAME_WIDTH - textWidth(name), top + 2, name, NAME);
      drawStrip(canvas, x + NAME_WIDTH + NAME_GAP, top, firstColour, entries);
      firstColour += entries;
    });
    y += heights[place]! + CATEGORY_GAP;
  });
  drawText(canvas, MARGIN, y, NOTE, NAME);
  return { width, height, palette, bands: [bandOf(canvas, 1)] };
}

function drawStrip(canvas: IndexedCanvas, x: number, y: number, firstColour: number, entries: number): void {
  for (let i = 0; i < STRIP_WIDTH; i++) {
    const entry = Math.floor(((i + 0.5) / STRIP_WIDTH) * entries);
    fillRectangle(canvas, x + i, y, 1, STRIP_HEIGHT, firstColour + entry);
  }
}
