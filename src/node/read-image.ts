/** An image file to pixels, or to the tensor that it holds, with what identifies it in the manifest. */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { InputError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';
import { isNpy, readNpy } from '../image/npy.js';
import type { Pixels } from '../image/pixels.js';
import type { Tensor } from '../tensor/tensor.js';
import { decodeImage } from './decode-image.js';

export interface ImageFile {
  readonly path: string;
  readonly byteLength: number;
  readonly sha256: string;
  readonly content:
    | { readonly kind: 'pixels'; readonly pixels: Pixels }
    | { readonly kind: 'tensor'; readonly tensor: Tensor };
}

/** An image of the largest size that is decoded takes about this much, uncompressed in 16 bits; a larger file is something else. */
const MAX_FILE_BYTES = 2 ** 30;

/** Throws an InputError where the file cannot be read or is not an image that is admitted. */
export async function readImage(path: string): Promise<ImageFile> {
  const explain = (cause: unknown): never => {
    throw new InputError(describeFileError(path, cause), { cause });
  };
  checkImageFile(path, await stat(path).catch(explain));
  const bytes = await readFile(path).catch(explain);
  const content: ImageFile['content'] = isNpy(bytes)
    ? { kind: 'tensor', tensor: readNpy(bytes, path) }
    : { kind: 'pixels', pixels: await decodeImage(bytes, path) };
  return { path, byteLength: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex'), content };
}

/**
 * Throws an InputError for what could be read without an end, such as a pipe or a device, and for a file too large to be
 * an image. A folder passes: reading it says what is wrong, such as that it may not be read.
 */
export function checkImageFile(path: string, facts: Stats): void {
  if (!facts.isFile() && !facts.isDirectory()) {
    throw new InputError(
      `${path}: is not a regular file but a pipe, socket or device; save the image to a file and give that`,
    );
  }
  if (facts.size > MAX_FILE_BYTES) {
    throw new InputError(
      `${path}: ${facts.size} bytes, expected an image or .npy file of at most ${MAX_FILE_BYTES}; reduce it first`,
    );
  }
}
