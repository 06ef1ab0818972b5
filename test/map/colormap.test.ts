import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { COLORMAP_NAMES, NAN_COLOUR, readColormap, writeIndices } from '../../src/map/colormap.js';
import { bytes, float64, readFixture } from './fixture.js';

interface Fixture {
  tables: Record<string, { entries: number; sha256: string }>;
  indices: Record<string, { values: string; rgb: string; transparent: number[] }>;
}

const fixture = readFixture<Fixture>('colormaps.json');
const names = Object.keys(fixture.tables);

describe('colours', () => {
  test('the names are matplotlib 3.11.2’s, each in one category', () => {
    const listed = Object.values(COLORMAP_NAMES).flat();
    expect([...listed].sort()).toEqual(names.filter((name) => !name.endsWith('_r')).sort());
    expect(listed).toHaveLength(91);
  });

  test.each(names)('%s is matplotlib’s table', (name) => {
    const { entries, rgb } = readColormap(name);
    const sha256 = createHash('sha256').update(rgb).digest('hex');
    expect({ entries, sha256 }).toEqual(fixture.tables[name]);
    expect(rgb).toHaveLength(entries * 3);
  });

  test('the colour of NaN is in no map', () => {
    const packed = (rgb: ArrayLike<number>, i: number) => (rgb[i]! << 16) | (rgb[i + 1]! << 8) | rgb[i + 2]!;
    const holders = names.filter((name) => {
      const { rgb, entries } = readColormap(name);
      return Array.from({ length: entries }, (_, i) => packed(rgb, 3 * i)).includes(packed(NAN_COLOUR, 0));
    });
    expect(holders).toEqual([]);
  });

  test.each([
    ['Viridis_r', 'viridis_r, cividis_r, Reds_r'],
    ['plasm', 'plasma, prism, flag'],
    ['__proto__', 'afmhot, cool, gnuplot'],
    ['', 'brg, bwr, hot'],
  ])("'%s' is refused with the nearest names", (name, nearest) => {
    expect(() => readColormap(name)).toThrow(
      new UsageError(
        `unknown colormap '${name}'; the nearest names are ${nearest}. 'featurescope colormaps' draws them all`,
      ),
    );
  });
});

describe('index rule', () => {
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
});
