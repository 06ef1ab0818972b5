import { describe, expect, test } from 'vitest';
import { type Statistics, summarise } from '../../src/map/statistics.js';
import { float32, readFixture } from './fixture.js';

type Numbers = Record<Exclude<keyof Statistics, 'flags'>, number | null>;
const { maps } = readFixture<{ maps: Record<string, { values: string; statistics: Numbers }> }>('map.json');

const FLAGS: Record<string, readonly string[]> = {
  constant: ['constant'],
  dead: ['dead'],
  'one value': ['constant'],
  broken: ['nan', 'infinite'],
  'dead where finite': ['dead', 'nan'],
  'nothing finite': ['nan', 'infinite'],
};

describe('summarise', () => {
  test.each(Object.keys(maps))('%s: as numpy', (name) => {
    const { values, statistics } = maps[name]!;
    const found = summarise(float32(values));
    for (const key of ['min', 'max', 'zeroFraction', 'nanCount', 'infCount'] as const) {
      expect({ [key]: found[key] + 0 }).toEqual({ [key]: statistics[key] ?? Number.NaN });
    }
    // Rounding differs by the order of summation only.
    const scale = Math.max(Math.abs(statistics.min ?? 0), Math.abs(statistics.max ?? 0)) || 1;
    for (const key of ['mean', 'std'] as const) {
      if (statistics[key] === null) expect(found[key]).toBeNaN();
      else expect(Math.abs(found[key] - statistics[key]) / scale).toBeLessThan(1e-15);
    }
    expect(found.flags).toEqual(FLAGS[name] ?? []);
  });

  test('a part of an array, at an odd start and of an odd length', () => {
    const { min, max, mean, std, zeroFraction, flags } = summarise(Float32Array.of(9, 1, -0, 5, 99), 1, 4);
    expect({ min, max, mean, zeroFraction, flags }).toEqual({
      min: -0,
      max: 5,
      mean: 2,
      zeroFraction: 1 / 3,
      flags: [],
    });
    expect(std).toBeCloseTo(Math.sqrt(14 / 3), 15);
  });

  test('more values than are looked at in one go', () => {
    const values = Float32Array.from({ length: 40_003 }, (_, i) => (i % 7 === 3 ? 0 : Math.sin(i) + 2));
    values[39_999] = -5;
    values[16_384] = 9;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const found = summarise(values);
    expect([found.min, found.max, found.nanCount]).toEqual([-5, 9, 0]);
    expect(found.zeroFraction).toBe(5715 / 40_003);
    expect(found.mean).toBeCloseTo(mean, 12);
    expect(found.std).toBeCloseTo(Math.sqrt(variance), 12);
  });

  test('a constant has exactly its value as mean and no deviation', () => {
    const { mean, std } = summarise(new Float32Array(1001).fill(0.7));
    expect({ mean, std }).toEqual({ mean: Math.fround(0.7), std: 0 });
  });

  test.each([
    [3, 3],
    [-1, 2],
    [0, 5],
    [Number.NaN, 2],
  ])('%d..%d of 4 values is refused', (start, end) => {
    expect(() => summarise(new Float32Array(4), start, end)).toThrow(
      new RangeError(`summarise: ${start}..${end} is not a part of 4 values`),
    );
  });
});
