/** The SHA-256 of a file, while other things happen. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const PIECE_BYTES = 4 * 2 ** 20;

/** Lower-case hexadecimal. Reads in pieces and lets others go on in between: a thread of its own costs more than most hashes. */
export async function hashFile(path: string): Promise<string> {
  const file = await open(path);
  try {
    const hash = createHash('sha256');
    const piece = new Uint8Array(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
