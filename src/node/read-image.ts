/** An image file to pixels, with what identifies it in the manifest. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { InputError } from '../errors.js';
import type { Pixels } from '../image/pixels.js';
import { decodeImage } from './decode-image.js';
import { describeFileError } from './file-errors.js';

export interface ImageFile {
  readonly path: string;
  readonly byteLength: number;
  readonly sha256: string;
  readonly pixels: Pixels;
}

/** An image of the largest size that is decoded takes at most 3 bytes a pixel, uncompressed; a larger file is something else. */
const MAX_IMAGE_BYTES = 2 ** 30;

/** Throws an InputError where the file cannot be read or is not an image that is admitted. */
export async function readImage(path: string): Promise<ImageFile> {
  const explain = (cause: unknown): never => {
    throw new InputError(describeFileError(path, cause), { cause });
  };
  const { size } = await stat(path).catch(explain);
  if (size > MAX_IMAGE_BYTES) {
    throw new InputError(
      `${path}: ${size} bytes, expected an image file of at most ${MAX_IMAGE_BYTES}; reduce it first`,
    );
  }
  const bytes = await readFile(path).catch(explain);
  const pixels = await decodeImage(bytes, path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, byteLength: bytes.byteLength, sha256, pixels };
}
