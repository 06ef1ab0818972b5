import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

const READ_BYTES = 1_048_576;

/** A SHA-256 that has seen the file's bytes and can go on to those that follow. Throws what node:fs throws. */
export async function hashOfFile(path: string, signal?: AbortSignal): Promise<Hash> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES, signal })) hash.update(chunk);
  return hash;
}
