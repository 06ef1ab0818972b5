/** An image file to pixels, with what identifies it in the manifest. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
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

/** Throws an InputError where the file cannot be read or is not an image that is admitted. */
export async function readImage(path: string): Promise<ImageFile> {
  const bytes = await readFile(path).catch((cause) => {
    throw new InputError(describeFileError(path, cause), { cause });
  });
  const pixels = await decodeImage(bytes, path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, byteLength: bytes.byteLength, sha256, pixels };
}
