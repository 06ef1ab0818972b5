/** An image file to pixels, or to the tensor that it holds, with what identifies it in the manifest. */
import { createHash } from 'node:crypto';
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
  const content: ImageFile['content'] = isNpy(bytes)
    ? { kind: 'tensor', tensor: readNpy(bytes, path) }
    : { kind: 'pixels', pixels: await decodeImage(bytes, path) };
  return { path, byteLength: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex'), content };
}
