import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { PercentileFinder, percentileRange } from '../../src/map/percentile.js';
import { fixedRange, rangeOf, symmetricRange } from '../../src/map/range.js';
import { summarise } from '../../src/map/statistics.js';
import { float32, readFixture } from './fixture.js';

const { percentages, maps } = readFixture<{
  percentages: [number, number][];
  maps: Record<string, { values: string; percentiles: [number, number][] | null }>;
}>('map.json');

describe('ranges', () => {
  test('of one map, of several, of none', () => {
    const a = summarise(Float32Array.of(1, Number.NaN, 3));
    const b = summarise(Float32Array.of(-2, Number.POSITIVE_INFINITY));
    const nothing = summarise(Float32Array.of(Number.NaN));
    expect(rangeOf([a])).toEqual({ lo: 1, hi: 3 });
    expect(rangeOf([nothing, a, b])).toEqual({ lo: -2, hi: 3 });
    expect(rangeOf([nothing])).toEqual({ lo: 0, hi: 0 });
  });

  test('symmetric: the larger magnitude on both sides; [-1, 1] for zeros', () => {
    expect(symmetricRange({ lo: -3, hi: 2 })).toEqual({ lo: -3, hi: 3 });
    expect(symmetricRange({ lo: 1, hi: 4 })).toEqual({ lo: -4, hi: 4 });
    expect(symmetricRange({ lo: 0, hi: 0 })).toEqual({ lo: -1, hi: 1 });
  });

  test('fixed', () => {
    expect(fixedRange(-1, 0.5)).toEqual({ lo: -1, hi: 0.5 });
    for (const [lo, hi] of [
      [1, 1],
      [2, 1],
      [Number.NaN, 1],
      [0, Number.POSITIVE_INFINITY],
      [-1.7e308, 1.7e308],
    ] as const) {
      expect(() => fixedRange(lo, hi)).toThrow(
        new UsageError(`range ${lo},${hi}: expected two finite numbers LO,HI with LO below HI, such as -1,1`),
      );
    }
  });
});

describe('percentiles', () => {
  test.each(Object.keys(maps))('%s: as numpy, from one array and from streamed parts', (name) => {
    const values = float32(maps[name]!.values);
    const expected = maps[name]!.percentiles ?? percentages.map(() => [0, 0]);
    percentages.forEach(([low, high], i) => {
      const [lo, hi] = expected[i]!;
      expect(percentileRange(values, 0, values.length, low, high)).toEqual({ lo, hi });
      const finder = new PercentileFinder(low, high);
      const third = Math.floor(values.length / 3);
      finder.count(values, third, values.length);
      finder.count(values, 0, third);
      finder.refine(values);
      const streamed = finder.range();
      expect({ lo: streamed.lo + 0, hi: streamed.hi + 0 }).toEqual({ lo, hi });
    });
  });

  test('a part of an array', () => {
    expect(percentileRange(Float32Array.of(9, 1, 2, 3, 9), 1, 4, 0, 50)).toEqual({ lo: 1, hi: 2 });
  });

  test.each([
    [-1, 50],
    [50, 50],
    [1, 101],
    [Number.NaN, 99],
  ])('%d,%d is refused', (low, high) => {
    const refusal = new UsageError(
      `percentile ${low},${high}: expected two percentages LO,HI with 0 <= LO < HI <= 100, such as 1,99`,
    );
    expect(() => new PercentileFinder(low, high)).toThrow(refusal);
    expect(() => percentileRange(new Float32Array(3), 0, 3, low, high)).toThrow(refusal);
  });

  test('a second pass that misses values, or comes too early or too late, is an error', () => {
    const missed = new PercentileFinder(0, 100);
    missed.count(Float32Array.of(1, 2));
    expect(() => missed.range()).toThrow(new Error('PercentileFinder: refine must see every array that count saw'));
    missed.refine(Float32Array.of(1));
    expect(() => missed.range()).toThrow(new Error('PercentileFinder: refine must see every array that count saw'));
    expect(() => missed.count(Float32Array.of(3))).toThrow(new Error('PercentileFinder: count after refine'));
  });
});
