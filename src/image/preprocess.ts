/**
 * Pixels to the network's input tensor, value for value what torchvision gives for a PIL image: resize (and crop),
 * ToTensor (x / 255) and Normalize ((x - mean) / std), each step rounded to float32.
 */
import { InputError, UsageError } from '../errors.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Pixels } from './pixels.js';
import { type ResizeFilter, resize } from './resize.js';

/** The longest input side: beyond it a network's first layer alone outgrows the address space of its runtime. */
export const MAX_INPUT_SIDE = 16_384;

/** The largest input area, 8192 x 8192: its float32 tensor takes 0.8 GB. */
export const MAX_INPUT_PIXELS = 2 ** 26;

/** The largest picture between the two passes of resizing (0.8 GB), which only a very elongated image can exceed. */
const MAX_NARROWED_PIXELS = 2 ** 28;

/**
 * What size the network sees, in pixels:
 * - `longest`: the longer side becomes `pixels`, the aspect is kept; the other side is PIL's ImageOps.contain's, at least 1.
 * - `exact`: both sides as given, squashing where the aspect differs.
 * - `crop`: torchvision's Resize(resize) of the shorter side, then CenterCrop(pixels). `resize` defaults to 8/7 of
 *   `pixels`, rounded down: 256 for 224, which is the preset of torchvision's AlexNet and ResNet18.
 */
export type InputSize =
  | { readonly kind: 'longest'; readonly pixels: number }
  | { readonly kind: 'exact'; readonly width: number; readonly height: number }
  | { readonly kind: 'crop'; readonly pixels: number; readonly resize?: number };

export interface PreprocessOptions {
  readonly size: InputSize;
  /** Default: bilinear. */
  readonly filter?: ResizeFilter;
  /** One number a channel: 3 for a colour image, 1 for a grey one (Pillow's `convert('L')`). Subtracted from the scaled values. */
  readonly mean: readonly number[];
  /** As many; divides; above 0. */
  readonly std: readonly number[];
  /** Order of the tensor's channels. Default: rgb. */
  readonly order?: 'rgb' | 'bgr';
  /** What a pixel of 255 becomes before mean and std. Default: 1. */
  readonly white?: 1 | 255;
}

/** What was done to the picture, in pixels, for the manifest. */
export interface ResizeRecord {
  readonly kind: InputSize['kind'];
  readonly filter: ResizeFilter;
  readonly from: { readonly width: number; readonly height: number };
  readonly to: { readonly width: number; readonly height: number };
  /** The part of the resized picture that was kept; absent where all of it was. */
  readonly crop?: Rectangle;
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface InputImage {
  /** [1, channels, height, width], normalised. */
  readonly tensor: Tensor;
  /** What the network sees, before normalisation. */
  readonly pixels: Pixels;
  readonly resize: ResizeRecord;
}

/**
 * Resizes, crops and normalises. Throws UsageError for pixels, a size, mean or std that make no sense and InputError where the
 * picture's proportions take the resized one beyond the limits.
 */
export function preprocess(pixels: Pixels, options: PreprocessOptions): InputImage {
  const { size, filter = 'bilinear' } = options;
  checkPixels(pixels);
  checkSize(size);
  checkNormalisation(options);
  const [width, height] = resizedSize(pixels, size);
  checkResizedSize(pixels, width, height);
  const resized = resize(options.mean.length === 1 ? toGrey(pixels) : pixels, width, height, filter);
  const record = {
    kind: size.kind,
    filter,
    from: { width: pixels.width, height: pixels.height },
    to: { width, height },
  };
  if (size.kind !== 'crop') return { tensor: normalise(resized, options), pixels: resized, resize: record };
  const rectangle = centre(resized, size.pixels);
  const seen = crop(resized, rectangle);
  return { tensor: normalise(seen, options), pixels: seen, resize: { ...record, crop: rectangle } };
}

function checkPixels({ width, height, data }: Pixels): void {
  if (data.length === 3 * width * height && data.length > 0) return;
  throw new UsageError(
    `pixels of ${width} x ${height} take ${3 * width * height} bytes of RGB, not ${data.length}; withoutAlpha() makes them of RGBA`,
  );
}

function checkSize(size: InputSize): void {
  const sides = size.kind === 'exact' ? [size.width, size.height] : [size.pixels];
  if (size.kind === 'crop' && size.resize !== undefined) sides.push(size.resize);
  for (const side of sides) {
    if (!Number.isInteger(side) || side < 1 || side > MAX_INPUT_SIDE) {
      throw new UsageError(`the image size must be a whole number of pixels from 1 to ${MAX_INPUT_SIDE}, not ${side}`);
    }
  }
  if (size.kind === 'crop' && size.resize !== undefined && size.resize < size.pixels) {
    throw new UsageError(
      `the shorter side, resized to ${size.resize}, is too short to crop ${size.pixels} pixels from; resize it to at least ${size.pixels}`,
    );
  }
}

function checkNormalisation({ mean, std }: PreprocessOptions): void {
  if ((mean.length !== 3 && mean.length !== 1) || !mean.every((value) => Number.isFinite(Math.fround(value)))) {
    throw new UsageError(`the mean must be 3 (or, of a grey image, 1) finite float32 numbers, not [${mean}]`);
  }
  if (
    std.length !== mean.length ||
    !std.every((value) => Number.isFinite(Math.fround(value)) && Math.fround(value) > 0)
  ) {
    throw new UsageError(
      `the standard deviation must be ${mean.length} finite float32 numbers above 0, one a channel, not [${std}]`,
    );
  }
}

function checkResizedSize(pixels: Pixels, width: number, height: number): void {
  const fits = width <= MAX_INPUT_SIDE && height <= MAX_INPUT_SIDE && width * height <= MAX_INPUT_PIXELS;
  if (fits && width * pixels.height <= MAX_NARROWED_PIXELS) return;
  const found = `the image of ${pixels.width} x ${pixels.height} pixels would be resized to ${width} x ${height}`;
  const problem = fits
    ? 'which is too elongated an image for that width'
    : `at most ${MAX_INPUT_SIDE} a side and ${MAX_INPUT_PIXELS} in all are possible`;
  throw new InputError(`${found}, ${problem}; choose a smaller size or crop the image first`);
}

/** [width, height] after resizing and before cropping. */
function resizedSize({ width, height }: Pixels, size: InputSize): readonly [number, number] {
  if (size.kind === 'exact') return [size.width, size.height];
  if (size.kind === 'longest') {
    // ImageOps.contain: divided first, then multiplied, rounding halves to even.
    if (width >= height) return [size.pixels, Math.max(1, roundHalfToEven((height / width) * size.pixels))];
    return [Math.max(1, roundHalfToEven((width / height) * size.pixels)), size.pixels];
  }
  const shorter = size.resize ?? Math.floor((size.pixels * 256) / 224);
  // torchvision's Resize: multiplied first, then divided, rounded down.
  if (width <= height) return [shorter, Math.trunc((shorter * height) / width)];
  return [Math.trunc((shorter * width) / height), shorter];
}

/** torchvision's CenterCrop. */
function centre({ width, height }: Pixels, side: number): Rectangle {
  const left = roundHalfToEven((width - side) / 2);
  const top = roundHalfToEven((height - side) / 2);
  return { left, top, width: side, height: side };
}

function crop(pixels: Pixels, { left, top, width, height }: Rectangle): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * pixels.width + left) * 3;
    data.set(pixels.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** Python's round(). */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Pillow's `convert('L')`: ITU-R 601-2 luma with 16 fractional bits, rounded, in all three channels. */
function toGrey({ width, height, data }: Pixels): Pixels {
  const grey = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    grey.fill((data[i]! * 19595 + data[i + 1]! * 38470 + data[i + 2]! * 7471 + 0x8000) >> 16, i, i + 3);
  }
  return { width, height, data: grey };
}

/** ToTensor and Normalize. A channel has only 256 values, so each is computed once. */
function normalise({ width, height, data }: Pixels, options: PreprocessOptions): Tensor {
  const { mean, std, order = 'rgb', white = 1 } = options;
  const channels = mean.length;
  const planeLength = width * height;
  const values = new Float32Array(channels * planeLength);
  const table = new Float32Array(256);
  for (let channel = 0; channel < channels; channel++) {
    const channelMean = Math.fround(mean[channel]!);
    const channelStd = Math.fround(std[channel]!);
    for (let value = 0; value < 256; value++) {
      table[value] = Math.fround((white === 1 ? Math.fround(value / 255) : value) - channelMean) / channelStd;
    }
    const plane = values.subarray(channel * planeLength, (channel + 1) * planeLength);
    const sample = order === 'bgr' ? 2 - channel : channel;
    for (let i = 0; i < planeLength; i++) plane[i] = table[data[i * 3 + sample]!]!;
  }
  return { shape: [1, channels, height, width], data: values };
}
