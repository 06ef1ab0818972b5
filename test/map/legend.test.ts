import { describe, expect, test } from 'vitest';
import { createCanvas } from '../../src/map/canvas.js';
import { readColormap } from '../../src/map/colormap.js';
import { drawMap } from '../../src/map/draw.js';
import { drawText, shorten } from '../../src/map/font.js';
import { formatNumber, type LegendText, legendHeight } from '../../src/map/legend.js';
import type { Range } from '../../src/map/range.js';
import { rangeOf, symmetricRange } from '../../src/map/range.js';
import { summarise } from '../../src/map/statistics.js';
import { readFixture } from './fixture.js';
import { indicesOf, readText } from './pixels.js';

const viridis = readColormap('viridis');
const [NAN, BACKGROUND, TEXT, DIM, WARNING] = [256, 257, 258, 259, 260] as const;
const PICTURE_HEIGHT = 5;

/** Draws a map of 2 rows with a legend and returns its pixels below the picture. */
function legendOf(values: Float32Array, width: number, range?: Range, text: Partial<LegendText> = {}): number[][] {
  const statistics = summarise(values);
  const legend = {
    layer: 'layer1.0.conv1',
    filter: 11,
    filterCount: 64,
    tap: 'conv',
    shape: [64, 2, 3],
    statistics,
    ...text,
  };
  const frame = drawMap(values, 0, [2, values.length / 2], {
    frameWidth: width,
    frameHeight: PICTURE_HEIGHT,
    range: range ?? rangeOf([statistics]),
    colormap: viridis,
    legend,
  });
  expect(frame.height).toBe(PICTURE_HEIGHT + legendHeight(width));
  expect([...frame.palette.subarray(0, 768)]).toEqual([...viridis.rgb]);
  return indicesOf(frame).slice(PICTURE_HEIGHT);
}

/** Rows of the tops of the capitals, and the two halves of a line in a frame of 400 pixels. */
const [FIRST, SECOND, NUMBERS] = [6, 18, 43] as const;
const [LEFT, RIGHT] = [{ to: 200 }, { from: 200 }] as const;

const values = Float32Array.of(-1.25, 0, 0.5, 3, 2.5, 1);

describe('legend', () => {
  test('layer, filter, tap, shape, minimum and maximum', () => {
    const pixels = legendOf(values, 400);
    expect(readText(pixels, FIRST, TEXT, LEFT)).toBe('layer1.0.conv1');
    expect(readText(pixels, FIRST, TEXT, RIGHT)).toBe('filter 12/64');
    expect(readText(pixels, SECOND, DIM)).toBe('conv  64×2×3');
    expect(readText(pixels, SECOND, WARNING)).toBe('');
    expect(readText(pixels, NUMBERS, TEXT, LEFT)).toBe('-1.25');
    expect(readText(pixels, NUMBERS, TEXT, RIGHT)).toBe('3');
    expect(readText(pixels, NUMBERS, DIM)).toBe('');
    expect(pixels.flat().includes(NAN)).toBe(false);
  });

  test('the bar shows every colour of the map once or twice, in order, and ends above the numbers', () => {
    const bar = legendOf(values, 400)[36]!;
    expect(bar.slice(0, 8)).toEqual(new Array(8).fill(BACKGROUND));
    expect(bar.slice(392)).toEqual(new Array(8).fill(BACKGROUND));
    const colours = bar.slice(8, 392);
    expect(colours).toEqual([...colours].sort((a, b) => a - b));
    expect(new Set(colours).size).toBe(256);
  });

  test('a range that clips says so at its ends and gives the map’s own', () => {
    const pixels = legendOf(values, 400, { lo: -1, hi: 2 });
    expect(readText(pixels, NUMBERS, TEXT, LEFT)).toBe('≤-1');
    expect(readText(pixels, NUMBERS, TEXT, RIGHT)).toBe('≥2');
    expect(readText(pixels, NUMBERS, DIM)).toBe('map -1.25 to 3');
  });

  test('a wider range gives the map’s own as well', () => {
    const pixels = legendOf(values, 401, { lo: -10, hi: 10 });
    expect(readText(pixels, NUMBERS, TEXT, LEFT)).toBe('-10');
    expect(readText(pixels, NUMBERS, TEXT, RIGHT)).toBe('10');
    expect(readText(pixels, NUMBERS, DIM)).toBe('map -1.25 to 3');
  });

  test('flags', () => {
    const dead = legendOf(new Float32Array(6), 400, symmetricRange({ lo: 0, hi: 0 }));
    expect(readText(dead, SECOND, WARNING)).toBe('dead');
    expect(readText(dead, NUMBERS, DIM)).toBe('map 0');
    const constant = legendOf(new Float32Array(6).fill(0.25), 400);
    expect(readText(constant, SECOND, WARNING)).toBe('constant');
    expect(readText(constant, NUMBERS, TEXT, LEFT)).toBe('0.25');
    expect(readText(constant, NUMBERS, TEXT, RIGHT)).toBe('0.25');
    const broken = legendOf(Float32Array.of(1, Number.NaN, 2, Number.NEGATIVE_INFINITY), 400);
    expect(readText(broken, SECOND, NAN)).toBe('NaN');
    expect(readText(broken, SECOND, WARNING)).toBe('infinite');
    const nothing = legendOf(new Float32Array(6).fill(Number.NaN), 400);
    expect(readText(nothing, NUMBERS, TEXT, LEFT)).toBe('');
    expect(readText(nothing, NUMBERS, DIM)).toBe('no finite value');
  });

  test('a long path loses its middle, a narrow frame the tap and the shape', () => {
    const layer = 'features.denseblock4.denselayer24.conv2';
    const wide = legendOf(values, 250, undefined, { layer });
    expect(readText(wide, FIRST, TEXT, { to: 165 })).toBe('features.den…ayer24.conv2');
    expect(readText(wide, FIRST, TEXT, { from: 165 })).toBe('filter 12/64');
    const narrow = legendOf(values, 120, undefined, { layer });
    expect(readText(narrow, FIRST, TEXT)).toBe('features…24.conv2');
    expect(readText(narrow, SECOND, TEXT)).toBe('filter 12/64');
    for (const [width, flag] of [
      [80, 'dead'],
      [79, ''],
    ] as const) {
      const narrower = legendOf(new Float32Array(6), width);
      expect(readText(narrower, SECOND, TEXT)).toBe('12/64');
      expect(readText(narrower, SECOND, WARNING)).toBe(flag);
    }
  });

  test('text grows with the frame', () => {
    const pixels = legendOf(values, 961, undefined, { layer: 'conv1' });
    expect(pixels).toHaveLength(2 * legendHeight(400));
    expect(readText(pixels, 2 * FIRST, TEXT, { scale: 2, to: 480 })).toBe('conv1');
  });

  test.each([1, 2, 3, 7, 16, 32, 55, 69, 70, 100, 243, 244, 719, 720, 1201])(
    '%d pixels wide: whole bands, no crash',
    (width) => {
      const pixels = legendOf(Float32Array.of(1, Number.NaN, 2, -1e-7), width, { lo: -1e-7, hi: 1.5 });
      expect(pixels[0]).toHaveLength(width);
      expect(pixels.flat().some((index) => index < 256)).toBe(true);
    },
  );

  test('numbers: as C’s %.4g', () => {
    const { numbers } = readFixture<{ numbers: Record<string, string> }>('map.json');
    for (const [value, text] of Object.entries(numbers)) expect(formatNumber(Number(value))).toBe(text);
    expect(formatNumber(-0)).toBe('0');
  });
});

describe('text', () => {
  function drawn(text: string, x: number, y: number, scale: number, width: number, height: number): string[] {
    const canvas = createCanvas(width, height, 2, 0);
    drawText(canvas, x, y, text, 1, scale);
    return Array.from({ length: height }, (_, row) =>
      Array.from(canvas.cells.subarray(row * width, (row + 1) * width), (cell) => (cell ? '#' : '.')).join(''),
    );
  }

  test('characters, one that the font lacks, and what is cut at the edges', () => {
    expect(drawn('7é', 0, -1, 1, 10, 9)).toEqual([
      '#####.####',
      '....#.#...',
      '....#.#...',
      '...#..#...',
      '...#..#...',
      '..#...#...',
      '..#...#...',
      '..#...####',
      '..........',
    ]);
    expect(drawn('-', -1, 0, 2, 10, 12).filter((line) => line.includes('#'))).toEqual(['#######...', '#######...']);
  });

  test('every printable ASCII character has its own shape', () => {
    const characters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    const shapes = new Set(
      [...characters, '…', '×', '≤', '≥', '·', 'é'].map((text) => drawn(text, 0, 0, 1, 6, 12).join('\n')),
    );
    expect(shapes.size).toBe(101);
  });

  test('shortened text keeps its ends', () => {
    expect(shorten('layer4.1.conv2', 14)).toBe('layer4.1.conv2');
    expect(shorten('layer4.1.conv2', 9)).toBe('laye…onv2');
    expect(shorten('layer4.1.conv2', 2)).toBe('…2');
    expect(shorten('layer4.1.conv2', 1)).toBe('…');
    expect(shorten('layer4.1.conv2', 0)).toBe('');
  });
});
