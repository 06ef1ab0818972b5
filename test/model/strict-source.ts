import type { ByteSource } from '../../src/bytes/source.js';

/** A source in memory that counts what is read and throws, not a ModelError, for a range outside it. */
export function strictSource(bytes: Uint8Array, name: string): ByteSource & { bytesRead: number; reads: number } {
  return {
    name,
    byteLength: bytes.byteLength,
    bytesRead: 0,
    reads: 0,
    async slice(start, end) {
      if (!(Number.isSafeInteger(start) && start >= 0 && end >= start && end <= bytes.byteLength)) {
        throw new RangeError(`slice(${start}, ${end}) of ${bytes.byteLength} bytes`);
      }
      this.bytesRead += end - start;
      this.reads++;
      return bytes.subarray(start, end);
    },
  };
}
