/** Bytes that can be read by range, so that a file, memory and HTTP ranges share every reader. */
export interface ByteSource {
  /** How errors name it: a path, a URL. */
  readonly name: string;
  readonly byteLength: number;
  /** Where the bytes are a plain file: its absolute path, for a runtime that reads it itself. */
  readonly path?: string;
  /** Bytes [start, end); both are within 0..byteLength. */
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** Bytes that are here already; what is read are views of them. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    byteLength: bytes.byteLength,
    slice: async (start, end) => bytes.subarray(start, end),
  };
}
