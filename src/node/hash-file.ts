/** The SHA-256 of a file, taken in a thread of its own so that a large checkpoint delays nothing. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** Lower-case hexadecimal. */
export function hashFile(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { hash: path } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

if (!isMainThread && workerData?.hash) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(workerData.hash, { highWaterMark: 2 ** 20 }), hash);
  parentPort!.postMessage(hash.digest('hex'));
}
