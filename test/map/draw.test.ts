import { describe, expect, test } from 'vitest';
import { NAN_COLOUR, readColormap } from '../../src/map/colormap.js';
import { type DrawOptions, drawMap } from '../../src/map/draw.js';
import { bytes, float32, readFixture } from './fixture.js';
import { indicesOf, rgbOf } from './pixels.js';

interface Picture {
  rows: number;
  columns: number;
  colormap: string;
  lo: number;
  hi: number;
  rgb: string;
}
const { small, pictures } = readFixture<{
  small: { height: number; width: number; values: string };
  pictures: Picture[];
}>('map.json');

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const tab10 = readColormap('tab10');
const viridis = readColormap('viridis');

function options(frameWidth: number, frameHeight: number, rest: Partial<DrawOptions> = {}): DrawOptions {
  return { frameWidth, frameHeight, range: { lo: 0, hi: 10 }, colormap: tab10, ...rest };
}

describe('drawMap', () => {
  test.each(pictures)(
    '5x8 to $rows x $columns in $colormap: as matplotlib',
    ({ rows, columns, colormap, lo, hi, rgb }) => {
      const values = float32(small.values);
      const offset = 3;
      const shifted = new Float32Array(values.length + offset + 2).fill(99);
      shifted.set(values, offset);
      const frame = drawMap(shifted, offset, [small.height, small.width], {
        ...options(columns, rows),
        range: { lo, hi },
        colormap: readColormap(colormap),
      });
      expect([frame.width, frame.height]).toEqual([columns, rows]);
      expect(rgbOf(frame)).toEqual(bytes(rgb));
    },
  );

  test('enlarged along one axis, averaged along the other', () => {
    const values = Float32Array.of(0, 2, 4, 6, 1, 3, 9, 9);
    const frame = drawMap(values, 0, [2, 4], options(2, 3));
    expect(indicesOf(frame)).toEqual([
      [1, 5],
      [2, 9],
      [2, 9],
    ]);
  });

  test('smooth: a pixel a cell, blended before it is coloured', () => {
    const frame = drawMap(Float32Array.of(0, 8), 0, [1, 2], options(8, 2, { smooth: true }));
    expect(indicesOf(frame)).toEqual([
      [0, 0, 1, 3, 5, 7, 8, 8],
      [0, 0, 1, 3, 5, 7, 8, 8],
    ]);
    expect(frame.bands[0]!.cells).toHaveLength(16);
  });

  test('NaN adds one colour of its own; infinities are the ends', () => {
    const values = Float32Array.of(nan, 5, infinity, -infinity);
    const few = drawMap(values, 0, [1, 4], options(4, 1));
    expect(indicesOf(few)).toEqual([[10, 5, 9, 0]]);
    expect([...few.palette]).toEqual([...tab10.rgb, ...NAN_COLOUR]);
    const many = drawMap(values, 0, [1, 4], options(4, 1, { colormap: viridis }));
    expect(indicesOf(many)).toEqual([[256, 128, 255, 0]]);
    expect([...many.palette]).toEqual([...viridis.rgb, ...NAN_COLOUR]);
    const smooth = drawMap(values, 0, [2, 2], options(3, 2, { colormap: viridis, smooth: true }));
    expect(indicesOf(smooth)[0]).toEqual([256, 256, 128]);
  });

  test('without NaN the palette is the colormap alone', () => {
    const frame = drawMap(Float32Array.of(1), 0, [1, 1], options(1, 1, { colormap: viridis }));
    expect(frame.palette).toEqual(viridis.rgb);
    expect(frame.bands[0]!.cells).toBeInstanceOf(Uint8Array);
  });

  test.each([false, true])(
    'a constant map has the first colour throughout, reduced or enlarged (smooth: %s)',
    (smooth) => {
      const value = Math.fround(0.1);
      const values = new Float32Array(7 * 5).fill(value);
      for (const [width, height] of [
        [3, 2],
        [11, 13],
        [2, 20],
      ] as const) {
        const frame = drawMap(values, 0, [7, 5], options(width, height, { range: { lo: value, hi: value }, smooth }));
        expect(new Set(indicesOf(frame).flat())).toEqual(new Set([0]));
      }
    },
  );

  test('a map of zeros under a symmetric range has the middle colour', () => {
    const frame = drawMap(new Float32Array(6), 0, [2, 3], options(3, 2, { range: { lo: -1, hi: 1 } }));
    expect(new Set(indicesOf(frame).flat())).toEqual(new Set([5]));
  });

  test('a map that does not lie in the values, and a frame without pixels, are refused', () => {
    const values = new Float32Array(12);
    expect(() => drawMap(values, 1, [3, 4], options(4, 3))).toThrow(
      new RangeError('drawMap: [3, 4] at 1 is not a part of 12 values'),
    );
    expect(() => drawMap(values, 0, [0, 4], options(4, 3))).toThrow(
      new RangeError('drawMap: [0, 4] at 0 is not a part of 12 values'),
    );
    expect(() => drawMap(values, 0, [3, 4], options(0, 3))).toThrow(
      new RangeError('drawMap: a frame of 0x3 has no pixels'),
    );
  });
});
