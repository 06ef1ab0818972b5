/** Pickle opcodes as byte arrays, for files that no honest writer makes. */

export type Part = number | string | readonly Part[];

/** Bytes from numbers, Latin-1 text and lists of them. */
export function bytesOf(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(flatten(parts));
}

function flatten(parts: readonly Part[]): number[] {
  return parts.flatMap((part) => {
    if (typeof part === 'number') return [part];
    return typeof part === 'string' ? [...part].map((character) => character.charCodeAt(0)) : flatten(part);
  });
}

export function uint32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}

export const PROTO = [0x80, 2];
export const STOP = '.';
export const EMPTY_DICT = '}';
export const EMPTY_TUPLE = ')';
export const REDUCE = 'R';
export const text = (value: string): Part => ['X', uint32(value.length), value];
export const int = (value: number): Part => ['J', uint32(value)];
/** LONG1 of eight bytes. */
export const long = (value: bigint): Part => [0x8a, 8, [...new Uint8Array(BigInt64Array.of(value).buffer)]];
export const tuple = (...items: readonly Part[]): Part => ['(', items, 't'];
export const global = (module: string, name: string): Part => ['c', module, '\n', name, '\n'];
export const dict = (...items: readonly (readonly [key: string, value: Part])[]): Part => [
  EMPTY_DICT,
  '(',
  items.map(([key, value]) => [text(key), value]),
  'u',
];

/** A tensor on storage '0'; numbers go in as they are, so that hostile ones do too. */
export function tensor(fields: {
  storage?: string;
  storedLength?: Part;
  offset?: Part;
  shape?: readonly Part[];
  strides?: readonly Part[];
}): Part {
  const { storage = 'FloatStorage', storedLength = int(6), offset = int(0) } = fields;
  const { shape = [int(2), int(3)], strides = [int(3), int(1)] } = fields;
  const id = tuple(text('storage'), global('torch', storage), text('0'), text('cpu'), storedLength);
  const args = tuple([id, 'Q'], offset, tuple(...shape), tuple(...strides), 0x89, EMPTY_DICT);
  return [global('torch._utils', '_rebuild_tensor_v2'), args, REDUCE];
}
