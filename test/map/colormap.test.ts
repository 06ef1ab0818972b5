import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { COLORMAP_NAMES, NAN_COLOUR, readColormap } from '../../src/map/colormap.js';
import { readFixture } from './fixture.js';

interface Fixture {
  tables: Record<string, { entries: number; sha256: string }>;
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
