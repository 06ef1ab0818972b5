/** Whether a checkpoint's tensors are what was saved, as far as the format has checksums. */
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { ModelError } from '../errors.js';
import type { WeightsOrigin } from '../model/model.js';
import type { CheckedRange } from '../model/state-dict.js';

const READ_BYTES = 4_194_304;

/** Reads them all, about 2 GB a second. Throws a ModelError that names the first tensor whose CRC-32 differs, and what node:fs throws. */
export async function verifyChecksums({
  source,
  checksums,
}: Pick<WeightsOrigin, 'source' | 'checksums'>): Promise<void> {
  const names = new Map([...checksums].map(([name, range]) => [range, name]));
  if (names.size === 0) return;
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const file = await open(source.path!);
  try {
    for (const [range, name] of names) {
      if ((await checksumOf(file, range, buffer)) === range.crc32) continue;
      throw new ModelError(`${source.name}: the tensor '${name}' fails its CRC-32; the file is damaged, get it again`);
    }
  } finally {
    await file.close();
  }
}

async function checksumOf(file: FileHandle, { start, end }: CheckedRange, buffer: Buffer): Promise<number> {
  let checksum = 0;
  for (let at = start; at < end; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.byteLength, end - at), at);
    if (bytesRead === 0) break;
    checksum = crc32(buffer.subarray(0, bytesRead), checksum);
    at += bytesRead;
  }
  return checksum;
}
