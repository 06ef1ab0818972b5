/**
 * Encoded image bytes to upright RGB pixels, by sharp (libvips). The values are Pillow's `convert('RGB')` after
 * `exif_transpose`, which is what torchvision's users feed their networks:
 * - the first frame or page of an animation or multi-page file; EXIF orientation applied; ICC profiles ignored;
 * - alpha is dropped and the colours below it are kept (a GIF's transparent pixels have none: they are black);
 * - 16-bit channels keep their high byte (for 16-bit greyscale Pillow clips at 255 instead, which whites it out);
 * - CMYK is converted by Pillow's formula, without an ink profile;
 * - AVIF may differ where colour edges are sharp: the decoders interpolate subsampled chroma differently;
 * - a GIF's canvas may shrink to its frames where its header claims a usual screen size, libnsgif's repair of old files.
 * Left out: orientation kept in ImageMagick's text chunks, linear-light, Lab and floating-point samples.
 */
import { createRequire } from 'node:module';
import { InputError } from '../errors.js';
import { type ImageFormat, imageFormat } from '../image/format.js';
import type { Pixels } from '../image/pixels.js';

/**
 * What Pillow, and so torchvision, refuses as a decompression bomb: twice its MAX_IMAGE_PIXELS of 2^30 / 4 / 3 (which
 * is a quarter of a GiB of RGB). Decoding that many takes 0.5 GB; a 10000x10000 photograph passes.
 */
export const MAX_DECODED_PIXELS = 178_956_970;

/** libvips' colour spaces and sample types whose RGB is beyond doubt. */
const KNOWN_SAMPLES = ['srgb uchar', 'b-w uchar', 'cmyk uchar', 'rgb16 ushort', 'grey16 ushort'];

/** Decodes one image. Throws InputError, which begins with `name`, for what is not an intact image of an admitted format. */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<Pixels> {
  const format = imageFormat(bytes, name);
  const sharp = loadSharp();
  // The size is checked by the header before any pixel is decoded, to be able to name it.
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw damaged(name, format, cause);
    });
  const pixelCount = header.width * header.height;
  if (pixelCount > MAX_DECODED_PIXELS) {
    throw new InputError(
      `${name}: the image has ${header.width} x ${header.height} = ${pixelCount} pixels, ` +
        `at most ${MAX_DECODED_PIXELS} are decoded; reduce it first`,
    );
  }
  const samples = `${header.space} ${header.depth}`;
  if (!KNOWN_SAMPLES.includes(samples)) {
    throw new InputError(
      `${name}: the ${format} holds ${samples} samples, ` +
        `expected 8- or 16-bit greyscale or RGB, or 8-bit CMYK; convert it to 8-bit RGB`,
    );
  }

  const isCmyk = header.space === 'cmyk';
  // 'warning' is the strictest level: JPEG data that stops making sense half way is only a warning to libjpeg.
  const image = sharp(bytes, { limitInputPixels: MAX_DECODED_PIXELS, failOn: 'warning', ignoreIcc: true }).autoOrient();
  const encoded = isCmyk
    ? image.pipelineColourspace('cmyk').toColourspace('cmyk')
    : image.removeAlpha().toColourspace('srgb');
  const { data, info } = await encoded
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw damaged(name, format, cause);
    });
  return { width: info.width, height: info.height, data: isCmyk ? cmykToRgb(data) : data };
}

type Sharp = typeof import('sharp').default;

let loadedSharp: Sharp | undefined;

/**
 * Loading sharp costs 40 ms, so it waits for the first image; by `import()` 100, because that first searches a
 * CommonJS package's sources for the names that it exports.
 */
function loadSharp(): Sharp {
  if (!loadedSharp) {
    loadedSharp = createRequire(import.meta.url)('sharp') as Sharp;
    loadedSharp.cache(false); // it would keep 50 MB of images that are never asked for again
  }
  return loadedSharp;
}

/** [height, width, 4] to [height, width, 3] by Pillow's cmyk2rgb (libImaging/Convert.c): (255 - k) * (1 - ink / 255). */
function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const white = 255 - cmyk[from + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const product = cmyk[from + channel]! * white + 128;
      rgb[to + channel] = Math.max(0, white - (((product >> 8) + product) >> 8));
    }
  }
  return rgb;
}

/** libvips reports line upon line, often the same one; the first that says something tells what happened. */
function damaged(name: string, format: ImageFormat, cause: unknown): InputError {
  const lines = String(cause instanceof Error ? cause.message : cause).split('\n');
  const detail = lines.map((line) => line.replace(SAYS_NOTHING, '').trim()).find((line) => line !== '');
  const isCutShort = detail !== undefined && /premature end|unexpected end/i.test(detail);
  const problem = isCutShort ? 'ends early (a truncated download?)' : 'is damaged or cut short';
  const reason = detail === undefined ? '' : ` [${detail}]`;
  return new InputError(`${name}: the ${format} data ${problem}${reason}; get the file again or export it anew`, {
    cause,
  });
}

const SAYS_NOTHING =
  /^Input buffer has corrupt header: ?|^Input buffer contains unsupported image format|^Warning treated as error.*/;
