import { describe, expect, test } from 'vitest';
import { readColormap } from '../../src/map/colormap.js';
import { writeIndices } from '../../src/map/indices.js';
import { bytes, float64, readFixture } from './fixture.js';

interface Fixture {
  indices: Record<string, { values: string; rgb: string; transparent: number[] }>;
}

const fixture = readFixture<Fixture>('colormaps.json');

describe('writeIndices', () => {
  test.each(Object.keys(fixture.indices))('%s at and beside every edge, beyond the ends and at NaN', (name) => {
    const { values, rgb, transparent } = fixture.indices[name]!;
    const colormap = readColormap(name);
    const numbers = float64(values);
    const indices = new Uint16Array(numbers.length);
    const hasNaN = writeIndices(numbers, { lo: 0, hi: 1 }, colormap.entries, colormap.entries, indices);
    expect(hasNaN).toBe(true);
    expect([...indices].flatMap((index, i) => (index === colormap.entries ? [i] : []))).toEqual(transparent);
    const expected = bytes(rgb);
    const found = new Uint8Array(expected);
    indices.forEach((index, i) => {
      if (index < colormap.entries) found.set(colormap.rgb.subarray(3 * index, 3 * index + 3), 3 * i);
    });
    expect(found).toEqual(expected);
  });

  test('a range that is a point, and one of two neighbouring subnormal numbers', () => {
    const indices = new Uint8Array(7);
    const tiny = 2 ** -149;
    const values = Float32Array.of(-1, 0.5, 0.75, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, tiny, Number.NaN);
    expect(writeIndices(values, { lo: 0.5, hi: 0.5 }, 10, 77, indices)).toBe(true);
    expect([...indices]).toEqual([0, 0, 9, 9, 0, 0, 77]);
    const few = new Uint8Array(3);
    expect(writeIndices(Float32Array.of(0, tiny, 2 * tiny), { lo: 0, hi: 2 * tiny }, 256, 0, few)).toBe(false);
    expect([...few]).toEqual([0, 128, 255]);
  });

  test.each([
    ['float32 to bytes', Float32Array, Uint8Array],
    ['float64 to words', Float64Array, Uint16Array],
  ] as const)('%s: more values than its memory holds, as the rule one by one', (_, Values, Indices) => {
    const [lo, hi, entries, nanIndex] = [-0.3, 0.9, 20, 99];
    const values = new Values(40_003);
    for (let i = 0; i < values.length; i++) values[i] = i % 997 === 5 ? Number.NaN : Math.sin(i * i);
    const expected = Array.from(values, (value) => {
      if (Number.isNaN(value)) return nanIndex;
      return Math.max(0, Math.min(entries - 1, Math.floor(((value - lo) / (hi - lo)) * entries)));
    });
    const indices = new Indices(values.length);
    expect(writeIndices(values, { lo, hi }, entries, nanIndex, indices)).toBe(true);
    expect([...indices]).toEqual(expected);
    const [finite, few] = [new Values([0.1, 0.2, 0.3]), new Indices(3)];
    expect(writeIndices(finite, { lo, hi }, entries, nanIndex, few)).toBe(false);
    expect([...few]).toEqual([6, 8, 10]);
  });
});
