import { describe, expect, test } from 'vitest';
import { nearestWidths } from '../../src/map/axis.js';
import { enlargeSmoothly, type Grid, reduce } from '../../src/map/resample.js';
import { float32, float64, readFixture } from './fixture.js';

interface Map {
  height: number;
  width: number;
  values: string;
}
interface Result {
  rows: number;
  columns: number;
  values: string;
}
const fixture = readFixture<{
  nearest: { cells: number; pixels: number; widths: number[] }[];
  wide: Map;
  area: Result[];
  small: Map;
  bilinear: Result[];
}>('map.json');

function gridOf({ height, width, values }: Map): Grid {
  return { height, width, values: float32(values) };
}

function enlarged(grid: Grid, rows: number, columns: number): number[] {
  const values: number[] = [];
  enlargeSmoothly(grid, rows, columns, (row) => values.push(...row));
  return values;
}

function largestError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  return Math.max(...Array.from(found, (value, i) => Math.abs(value - expected[i]!)));
}

describe('nearest neighbour', () => {
  test.each(fixture.nearest)(
    '$cells cells on $pixels pixels: as torch’s nearest-exact',
    ({ cells, pixels, widths }) => {
      expect([...nearestWidths(cells, pixels)]).toEqual(widths);
    },
  );
});

describe('area average', () => {
  test.each(fixture.area)('11x17 to $rows x $columns: as the mean of equal pieces', ({ rows, columns, values }) => {
    const reduced = reduce(gridOf(fixture.wide), rows, columns);
    expect([reduced.height, reduced.width]).toEqual([rows, columns]);
    expect(largestError(reduced.values, float64(values))).toBeLessThan(1e-14);
  });

  test('no more cells than pixels: untouched', () => {
    const grid = gridOf(fixture.wide);
    expect(reduce(grid, 11, 400)).toBe(grid);
  });

  test('a constant stays exactly constant', () => {
    const grid = { height: 13, width: 29, values: new Float32Array(13 * 29).fill(0.1) };
    expect(new Set(reduce(grid, 5, 7).values)).toEqual(new Set([Math.fround(0.1)]));
  });

  test('NaN shows where its area is touched, and only there; infinities follow arithmetic', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    const row = { height: 1, width: 6, values: Float32Array.of(nan, 1, 3, 5, infinity, -infinity) };
    expect([...reduce(row, 1, 3).values]).toEqual([nan, 4, nan]);
    expect([...reduce(row, 1, 5).values]).toEqual([nan, 10 / 6, 4, infinity, nan]);
  });
});

describe('bilinear', () => {
  test.each(fixture.bilinear)('5x8 to $rows x $columns: as torch', ({ rows, columns, values }) => {
    expect(largestError(enlarged(gridOf(fixture.small), rows, columns), float64(values))).toBeLessThan(1e-14);
  });

  test('constants and infinities stay; NaN spreads to the pixels that blend it only', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    const third = Math.fround(1 / 3);
    const constant = { height: 3, width: 2, values: new Float32Array(6).fill(1 / 3) };
    expect(new Set(enlarged(constant, 7, 5))).toEqual(new Set([third]));
    const row = { height: 1, width: 4, values: Float32Array.of(infinity, infinity, 0, nan) };
    expect(enlarged(row, 1, 4)).toEqual([infinity, infinity, 0, nan]);
    expect(enlarged(row, 1, 12)).toEqual([...new Array(5).fill(infinity), infinity, infinity, 0, nan, nan, nan, nan]);
  });
});
