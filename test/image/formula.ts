import type { Pixels } from '../../src/image/pixels.js';

/** The picture that scripts/fixtures/image.py makes by the same formula. */
export function formulaPixels(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = ((x * 37 + y * 101 + c * 71) ^ (x * y)) & 255;
    }
  }
  return { width, height, data };
}
