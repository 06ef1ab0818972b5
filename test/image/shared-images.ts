import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Pixels } from '../../src/image/pixels.js';
import { decodeImage } from '../../src/node/decode-image.js';

/** Photographs that are no part of the repository; tests that need them skip without them. */
export const SHARED_IMAGES = '../shared/testdata/images';
export const hasSharedImages = existsSync(SHARED_IMAGES);
export const SKIPPED = hasSharedImages ? '' : ` (skipped: ${SHARED_IMAGES} is absent)`;

export function readSharedImage(name: string): Promise<Pixels> {
  return decodeImage(readFileSync(`${SHARED_IMAGES}/${name}`), name);
}

export function sha256(bytes: ArrayBufferView): string {
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return createHash('sha256').update(view).digest('hex');
}
