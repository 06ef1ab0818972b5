import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RESIZE_FILTERS, type ResizeFilter, resize } from '../../src/image/resize.js';
import { formulaPixels } from './formula.js';
import { hasSharedImages, readSharedImage, SKIPPED, sha256 } from './shared-images.js';

interface Case {
  from: [number, number];
  photo: string;
  to: [number, number];
  filter: ResizeFilter;
  sha256: string;
  rgb?: number[];
}

const fixture: { formula: Case[]; photos: Case[] } = JSON.parse(
  readFileSync('test/fixtures/image/resize.json', 'utf8'),
);

describe('resize equals Pillow', () => {
  it.each(fixture.formula)('$from to $to, $filter', ({ from, to, filter, rgb, sha256: expected }) => {
    const result = resize(formulaPixels(...from), ...to, filter);
    expect([result.width, result.height]).toEqual(to);
    if (rgb) expect([...result.data]).toEqual(rgb);
    expect(sha256(result.data)).toBe(expected);
  });

  describe.skipIf(!hasSharedImages)(`on photographs${SKIPPED}`, () => {
    it.each([...new Set(fixture.photos.map(({ photo }) => photo))])('%s', async (photo) => {
      const pixels = await readSharedImage(photo);
      for (const { to, filter, sha256: expected } of fixture.photos.filter((other) => other.photo === photo)) {
        expect(sha256(resize(pixels, ...to, filter).data), `${photo} to ${to}, ${filter}`).toBe(expected);
      }
    });
  });
});

describe('resize', () => {
  it.each(RESIZE_FILTERS)('keeps a flat picture flat, to the extremes of 8 bits: %s', (filter) => {
    for (const value of [0, 1, 254, 255]) {
      const flat = { width: 19, height: 7, data: new Uint8Array(19 * 7 * 3).fill(value) };
      for (const [width, height] of [
        [5, 3],
        [50, 31],
      ] as const) {
        expect(new Set(resize(flat, width, height, filter).data), `${width}x${height}`).toEqual(new Set([value]));
      }
    }
  });

  it('gives back the very picture when both sides keep their length', () => {
    const pixels = formulaPixels(5, 3);
    expect(resize(pixels, 5, 3, 'bicubic')).toBe(pixels);
  });
});
