/** What a frame's PNG must decode to, by expanding every cell; and frames to try. */
import type { Band, Frame } from '../../src/map/frame.js';

/** RGB pixels [height, width, 3]. */
export function expandFrame({ width, height, palette, bands }: Frame): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  let at = 0;
  for (const { columnWidths, rowHeights, cells } of bands) {
    for (let row = 0; row < rowHeights.length; row++) {
      for (let y = 0; y < rowHeights[row]!; y++) {
        for (let column = 0; column < columnWidths.length; column++) {
          const index = cells[row * columnWidths.length + column]!;
          for (let x = 0; x < columnWidths[column]!; x++) {
            for (let channel = 0; channel < 3; channel++) pixels[at++] = palette[3 * index + channel]!;
          }
        }
      }
    }
  }
  return pixels;
}

/** Sizes of `count` cells that share `pixels` as evenly as integers can. */
export function spread(pixels: number, count: number): Uint32Array {
  const edge = (n: number): number => Math.floor((n * pixels) / count);
  return Uint32Array.from({ length: count }, (_, n) => edge(n + 1) - edge(n));
}

export interface BandShape {
  readonly rows: number;
  readonly columns: number;
  readonly height: number;
}

/** A frame of one or more bands; cell n of the frame has palette index `indexOf(n)`. */
export function makeFrame(
  width: number,
  shapes: readonly BandShape[],
  colours: number,
  indexOf: (cell: number) => number,
): Frame {
  let cell = 0;
  const bands = shapes.map(({ rows, columns, height }): Band => {
    const indices = Array.from({ length: rows * columns }, () => indexOf(cell++));
    return {
      columnWidths: spread(width, columns),
      rowHeights: spread(height, rows),
      cells: colours <= 256 ? Uint8Array.from(indices) : Uint16Array.from(indices),
    };
  });
  const height = shapes.reduce((total, shape) => total + shape.height, 0);
  return { width, height, palette: makePalette(colours), bands };
}

/** Distinct colours. */
function makePalette(colours: number): Uint8Array {
  const palette = new Uint8Array(3 * colours);
  for (let index = 0; index < colours; index++) palette.set([index & 255, (index * 37) & 255, index >> 8], 3 * index);
  return palette;
}

/** Reproducible integers 0..below - 1 (a linear congruential generator). */
export function randomIntegers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
