import { expect, test } from 'vitest';
import { COLORMAP_NAMES, readColormap } from '../../src/map/colormap.js';
import { drawColormapSheet } from '../../src/map/colormap-sheet.js';
import { indicesOf, readText, rgbOf } from './pixels.js';

test('the sheet names every colormap beside its colours', () => {
  const frame = drawColormapSheet();
  const pixels = indicesOf(frame);
  const rgb = rgbOf(frame);
  const found: string[] = [];
  // The top left corner of a strip: a map's colour with the background to its left and above it.
  pixels.forEach((line, y) => {
    for (let x = 1; x < line.length; x++) {
      if (!(line[x]! > 2 && line[x - 1] === 0 && pixels[y - 1]![x] === 0)) continue;
      const name = readText(pixels, y + 3, 1, { from: x - 8 - 95, to: x - 8 });
      found.push(name);
      const { rgb: colours, entries } = readColormap(name);
      const expected = Array.from({ length: 256 }, (_, i) => {
        const entry = Math.floor(((i + 0.5) / 256) * entries);
        return [...colours.subarray(3 * entry, 3 * entry + 3)];
      });
      const start = 3 * (y * frame.width + x);
      expect([...rgb.subarray(start, start + 768)]).toEqual(expected.flat());
    }
  });
  expect(found.sort()).toEqual(Object.values(COLORMAP_NAMES).flat().sort());
});
