/**
 * The legend below a picture: whose map it is and a colourbar in the map's own units. Its height depends on the frame's
 * width only, so that all frames of a run have one size; what does not fit is left out, the least telling first.
 */
import { bandOf, cellsFor, createCanvas, type IndexedCanvas } from './canvas.js';
import { CHARACTER_WIDTH, drawText, LINE_HEIGHT, shorten, textWidth } from './font.js';
import type { Band } from './frame.js';
import type { Range } from './range.js';
import type { Flag, Statistics } from './statistics.js';

export interface LegendText {
  /** The layer's dotted path. */
  readonly layer: string;
  /** Index of the filter, from 0 (drawn from 1), and how many the layer has. */
  readonly filter: number;
  readonly filterCount: number;
  readonly tap: string;
  /** Shape of the layer's activation, [channels, height, width]. */
  readonly shape: readonly number[];
  /** Of this filter's map. */
  readonly statistics: Pick<Statistics, 'min' | 'max' | 'flags'>;
}

/** RGB triplets: background, text, dim text, warning. */
export const LEGEND_COLOURS = [17, 17, 17, 236, 236, 236, 150, 150, 150, 255, 184, 64] as const;

/** Pixels at scale 1. */
const MARGIN = 8;
const TEXT_TOP = 5;
const TEXT_HEIGHT = TEXT_TOP + 2 * LINE_HEIGHT + 3;
const BAR_HEIGHT = 8;
const NUMBERS_TOP = 2;
const NUMBERS_HEIGHT = NUMBERS_TOP + LINE_HEIGHT + 4;
/** A frame too narrow for text has the bar alone between two such gaps. */
const BARE_GAP = 3;
const BARE_CHARACTERS = 9;
const WIDE_CHARACTERS = 38;

/** Scale of the text, the characters that a line holds, and whether there is any text. */
function layoutOf(frameWidth: number): { scale: number; characters: number; bare: boolean } {
  const scale = Math.max(1, Math.round(frameWidth / 480));
  const characters = Math.floor((frameWidth / scale - 2 * MARGIN + 1) / CHARACTER_WIDTH);
  return { scale, characters, bare: characters < BARE_CHARACTERS };
}

/** Pixels that the legend adds to a frame of this width. */
export function legendHeight(frameWidth: number): number {
  const { scale, bare } = layoutOf(frameWidth);
  return scale * (bare ? BARE_GAP + BAR_HEIGHT + BARE_GAP : TEXT_HEIGHT + BAR_HEIGHT + NUMBERS_HEIGHT);
}

/**
 * The legend's bands, top to bottom. The palette is the colormap's `entries` colours, the colour of NaN,
 * LEGEND_COLOURS. The bar runs from range.lo to range.hi. Where the map has values beyond an end, that end says ≤ or
 * ≥; where its own minimum and maximum are not the bar's, they stand between.
 */
export function drawLegend(text: LegendText, frameWidth: number, range: Range, entries: number): Band[] {
  const { scale, characters, bare } = layoutOf(frameWidth);
  const colours = inkOf(entries);
  const blank = (height: number) =>
    createCanvas(Math.ceil(frameWidth / scale), height, colours.count, colours.background);
  const bar = drawBar(frameWidth, scale, entries, colours);
  if (bare) return [bandOf(blank(BARE_GAP), scale, frameWidth), bar, bandOf(blank(BARE_GAP), scale, frameWidth)];

  const title = blank(TEXT_HEIGHT);
  drawTitle(title, text, characters, colours);
  const numbers = blank(NUMBERS_HEIGHT);
  drawNumbers(numbers, text.statistics, range, characters, colours);
  return [bandOf(title, scale, frameWidth), bar, bandOf(numbers, scale, frameWidth)];
}

interface Ink {
  readonly nan: number;
  readonly background: number;
  readonly text: number;
  readonly dim: number;
  readonly warning: number;
  readonly count: number;
}

function inkOf(entries: number): Ink {
  const background = entries + 1;
  return {
    nan: entries,
    background,
    text: background + 1,
    dim: background + 2,
    warning: background + 3,
    count: background + 4,
  };
}

/** Every pixel of the bar shows the entry under its centre. */
function drawBar(frameWidth: number, scale: number, entries: number, ink: Ink): Band {
  const margin = Math.min(MARGIN * scale, Math.floor((frameWidth - 1) / 4));
  const pixels = frameWidth - 2 * margin;
  const columnWidths = new Uint32Array(pixels + (margin > 0 ? 2 : 0)).fill(1);
  const cells = cellsFor(ink.count, columnWidths.length).fill(ink.background);
  const start = margin > 0 ? 1 : 0;
  if (margin > 0) columnWidths[0] = columnWidths[pixels + 1] = margin;
  for (let i = 0; i < pixels; i++) cells[start + i] = Math.floor(((2 * i + 1) * entries) / (2 * pixels));
  return { columnWidths, rowHeights: Uint32Array.of(BAR_HEIGHT * scale), cells };
}

function drawTitle(canvas: IndexedCanvas, text: LegendText, characters: number, ink: Ink): void {
  const { layer, tap, shape, statistics } = text;
  const place = `${text.filter + 1}/${text.filterCount}`;
  const secondLine = TEXT_TOP + LINE_HEIGHT;
  let flagsLeft = canvas.width - MARGIN;
  for (const flag of statistics.flags) {
    const word = FLAG_WORDS[flag];
    const left = flagsLeft - textWidth(word);
    if (left < MARGIN + textWidth(place) + 2 * CHARACTER_WIDTH) break;
    drawText(canvas, left, secondLine, word, flag === 'nan' ? ink.nan : ink.warning);
    flagsLeft = left - 2 * CHARACTER_WIDTH;
  }
  const room = Math.floor((flagsLeft - MARGIN + 1) / CHARACTER_WIDTH);
  if (characters < WIDE_CHARACTERS) {
    drawText(canvas, MARGIN, TEXT_TOP, shorten(layer, characters), ink.text);
    drawText(canvas, MARGIN, secondLine, longestThatFits([`filter ${place}`, place], room), ink.text);
    return;
  }
  const filter = `filter ${place}`;
  drawText(canvas, canvas.width - MARGIN - textWidth(filter), TEXT_TOP, filter, ink.text);
  drawText(canvas, MARGIN, TEXT_TOP, shorten(layer, characters - filter.length - 2), ink.text);
  drawText(canvas, MARGIN, secondLine, longestThatFits([`${tap}  ${shape.join('×')}`, tap], room), ink.dim);
}

const FLAG_WORDS: Readonly<Record<Flag, string>> = {
  dead: 'dead',
  constant: 'constant',
  nan: 'NaN',
  infinite: 'infinite',
};

function drawNumbers(
  canvas: IndexedCanvas,
  { min, max }: LegendText['statistics'],
  { lo, hi }: Range,
  characters: number,
  ink: Ink,
): void {
  if (!(min <= max) && lo === hi) {
    // Without any finite value the range is no number of the map's.
    drawText(canvas, MARGIN, NUMBERS_TOP, longestThatFits(['no finite value', 'none'], characters), ink.dim);
    return;
  }
  const low = (min < lo ? '≤' : '') + formatNumber(lo);
  const high = (max > hi ? '≥' : '') + formatNumber(hi);
  if (low.length + 1 + high.length > characters) return;
  drawText(canvas, MARGIN, NUMBERS_TOP, low, ink.text);
  drawText(canvas, canvas.width - MARGIN - textWidth(high), NUMBERS_TOP, high, ink.text);
  if (!(min <= max) || (min === lo && max === hi)) return;
  const own = min === max ? `map ${formatNumber(min)}` : `map ${formatNumber(min)} to ${formatNumber(max)}`;
  const left = Math.floor((canvas.width - textWidth(own)) / 2);
  const free = Math.max(textWidth(low), textWidth(high)) + 2 * CHARACTER_WIDTH;
  if (left >= MARGIN + free) drawText(canvas, left, NUMBERS_TOP, own, ink.dim);
}

function longestThatFits(texts: readonly string[], characters: number): string {
  return texts.find((text) => text.length <= characters) ?? '';
}

/** Four significant digits without trailing zeros, as C's %.4g: 12.34, -0.0031, 1e-07, 1.2e+04. */
export function formatNumber(value: number): string {
  const rounded = Number(value.toPrecision(4));
  const scientific = rounded.toExponential();
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  return exponent >= -4 && exponent < 4 ? String(rounded) : scientific.replace(/e([+-])(\d)$/, 'e$10$2');
}
