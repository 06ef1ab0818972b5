/**
 * Resampling of 8-bit RGB, bit-identical to Pillow's `Image.resize` (libImaging/Resample.c) and so to torchvision's
 * Resize on a PIL image: two passes, each a weighted sum in 22-bit fixed point, rounded and clipped to 8 bits; when
 * reducing, the filter is widened by the reduction factor. Left out: Pillow's other filters, modes and boxes.
 */
import type { Pixels } from './pixels.js';

/** A filter is zero outside -support..support, in units of the coarser of the two grids. */
interface Filter {
  readonly support: number;
  readonly weight: (distance: number) => number;
}

const FILTERS = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubicWeight },
} as const satisfies Record<string, Filter>;

export type ResizeFilter = keyof typeof FILTERS;

export const RESIZE_FILTERS = Object.keys(FILTERS) as readonly ResizeFilter[];

/** Keys, 'Cubic convolution interpolation for digital image processing' (1981), with a = -0.5. */
function cubicWeight(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/**
 * Fraction bits of a weight: 8 bits of pixel and 2 of headroom for the cubic's negative lobes (its absolute weights add
 * up to less than 2) leave 22 of 32, so that every sum fits an int32.
 */
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

/** For every output position: the first input position and the weights of it and its successors. */
interface Kernel {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Fixed-point weights [outputs, size]; those beyond `count` are 0. */
  readonly weights: Int32Array;
  readonly size: number;
}

function createKernel(inputLength: number, outputLength: number, { support, weight }: Filter): Kernel {
  const scale = inputLength / outputLength;
  const reduction = Math.max(scale, 1);
  const radius = support * reduction;
  const size = Math.ceil(radius) * 2 + 1;
  const first = new Int32Array(outputLength);
  const count = new Int32Array(outputLength);
  const weights = new Int32Array(outputLength * size);
  const exact = new Float64Array(size);
  for (let output = 0; output < outputLength; output++) {
    const centre = (output + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - radius + 0.5));
    const end = Math.min(inputLength, Math.trunc(centre + radius + 0.5));
    let total = 0;
    for (let i = 0; i < end - start; i++) {
      exact[i] = weight((i + start - centre + 0.5) * (1 / reduction));
      total += exact[i]!;
    }
    for (let i = 0; i < end - start; i++) {
      const fixed = (total === 0 ? exact[i]! : exact[i]! / total) * (1 << PRECISION_BITS);
      weights[output * size + i] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    first[output] = start;
    count[output] = end - start;
  }
  return { first, count, weights, size };
}

/**
 * The picture at `width` x `height` pixels, whatever its aspect ratio. A side that keeps its length is not filtered;
 * if both do, `pixels` itself is returned. Both lengths are whole and at least 1: the caller checks them.
 */
export function resize(pixels: Pixels, width: number, height: number, filter: ResizeFilter): Pixels {
  const narrowed = width === pixels.width ? pixels : resizeRows(pixels, width, FILTERS[filter]);
  return height === pixels.height ? narrowed : resizeColumns(narrowed, height, FILTERS[filter]);
}

/** The horizontal pass. */
function resizeRows({ width: inputWidth, height, data }: Pixels, width: number, filter: Filter): Pixels {
  const { first, count, weights, size } = createKernel(inputWidth, width, filter);
  const result = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = y * inputWidth * 3;
    for (let x = 0; x < width; x++, to += 3) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      const end = x * size + count[x]!;
      for (let k = x * size, from = row + first[x]! * 3; k < end; k++, from += 3) {
        const weight = weights[k]!;
        red = (red + data[from]! * weight) | 0;
        green = (green + data[from + 1]! * weight) | 0;
        blue = (blue + data[from + 2]! * weight) | 0;
      }
      result[to] = red >> PRECISION_BITS;
      result[to + 1] = green >> PRECISION_BITS;
      result[to + 2] = blue >> PRECISION_BITS;
    }
  }
  return { width, height, data: new Uint8Array(result.buffer) };
}

/** The vertical pass, a row at a time: memory is read in its own order. */
function resizeColumns({ width, height: inputHeight, data }: Pixels, height: number, filter: Filter): Pixels {
  const { first, count, weights, size } = createKernel(inputHeight, height, filter);
  const rowLength = width * 3;
  const result = new Uint8ClampedArray(rowLength * height);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * size + k]!;
      const row = (first[y]! + k) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i] = (sums[i]! + data[row + i]! * weight) | 0;
    }
    const to = y * rowLength;
    for (let i = 0; i < rowLength; i++) result[to + i] = sums[i]! >> PRECISION_BITS;
  }
  return { width, height, data: new Uint8Array(result.buffer) };
}
