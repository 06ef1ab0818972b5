import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import type { ByteSource } from '../bytes/source.js';

/** A file that is read by range. Throws what node:fs throws; the caller knows whether it is an image or a model. */
export async function openFileSource(path: string): Promise<ByteSource> {
  const resolved = await realpath(path);
  const facts = await stat(resolved);
  if (!facts.isFile())
    throw Object.assign(new Error('not a regular file'), { code: facts.isDirectory() ? 'EISDIR' : 'EINVAL' });
  return {
    name: path,
    path: resolved,
    byteLength: facts.size,
    slice: async (start, end) => {
      // Opened per read: a checkpoint takes a handful of reads, and nothing is left open when a run fails.
      const file = await open(resolved, constants.O_RDONLY);
      try {
        const bytes = new Uint8Array(end - start);
        let done = 0;
        while (done < bytes.byteLength) {
          const { bytesRead } = await file.read(bytes, done, bytes.byteLength - done, start + done);
          if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
          done += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    },
  };
}
