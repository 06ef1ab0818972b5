/** RIFF as a tree of named boxes (Microsoft, "AVI RIFF File Reference"): chunks, and lists of chunks. Little-endian. */

/** Four characters: the name of a chunk, a list or a codec. */
export function fourCC(code: string): Uint8Array {
  return Uint8Array.from(code, (character) => character.charCodeAt(0));
}

export function uint16(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index++) view.setUint16(2 * index, values[index]!, true);
  return bytes;
}

export function uint32(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index++) view.setUint32(4 * index, values[index]!, true);
  return bytes;
}

/** 64 bits, for integers up to 2^53. */
export function uint64(value: number): Uint8Array {
  return uint32([value % 2 ** 32, Math.floor(value / 2 ** 32)]);
}

export function concatenate(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** A chunk of fields; all of them here are of even length, so that none needs a padding byte. */
export function chunk(name: string, ...fields: Uint8Array[]): Uint8Array {
  const content = concatenate(...fields);
  return concatenate(fourCC(name), uint32([content.byteLength]), content);
}

export function list(name: string, ...chunks: Uint8Array[]): Uint8Array {
  return chunk('LIST', fourCC(name), ...chunks);
}

/** Bytes of `openList`: the container's name, its length and the list's name. */
export const LIST_HEADER_BYTES = 12;

/** The beginning of a RIFF or LIST whose chunks are written elsewhere: `contentBytes` of them. */
export function openList(container: 'RIFF' | 'LIST', name: string, contentBytes: number): Uint8Array {
  return concatenate(fourCC(container), uint32([4 + contentBytes]), fourCC(name));
}
