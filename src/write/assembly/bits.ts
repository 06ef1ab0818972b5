/** Bits of a deflate stream, least significant first (RFC 1951, 3.1.1), at the end of the file. */
import { FIRST_REPEAT } from './tokens';

/** Two puts and the bits of an unfinished byte fill 55 of a word's 64 bits. */
export const MAX_PUT_BITS: u32 = 24;

/** Where the next byte goes. */
let at: usize = 0;
/** The bits of the unfinished last byte, fewer than 8. */
let bits: u64 = 0;
let bitCount: u32 = 0;

/** A code and its length in one number, as `putTokens` and `putRepeatedly` take them. */
export function packPut(code: u32, length: u32): u32 {
  return (code << 5) | length;
}

/** The stream starts at `start`; room for it is the caller's care. */
export function beginBits(start: usize): void {
  at = start;
  bits = 0;
  bitCount = 0;
}

export function bitsEnd(): usize {
  return at;
}

/** The low `length` bits of `code`, at most MAX_PUT_BITS; its other bits are zero. */
export function put(code: u32, length: u32): void {
  bits |= (code as u64) << bitCount;
  bitCount += length;
  store<u64>(at, bits);
  at += bitCount >> 3;
  bits >>= bitCount & 56;
  bitCount &= 7;
}

/**
 * `put` for the tokens from `token` to `end`, whose codes are at their place in `puts`. Stops before one of FIRST_REPEAT or
 * more; returns where.
 */
export function putTokens(token: usize, end: usize, puts: usize): usize {
  let word = bits;
  let count = bitCount;
  let target = at;
  // Whole bytes leave at every step: a branch here would be mispredicted every third time.
  while (token + 2 < end) {
    const first = load<u16>(token) as u32;
    const second = load<u16>(token, 2) as u32;
    if (max(first, second) >= FIRST_REPEAT) break;
    const firstPut = load<u32>(puts + 4 * first);
    const secondPut = load<u32>(puts + 4 * second);
    word |= ((firstPut >> 5) as u64) << count;
    count += firstPut & 31;
    word |= ((secondPut >> 5) as u64) << count;
    count += secondPut & 31;
    store<u64>(target, word);
    target += count >> 3;
    word >>= count & 56;
    count &= 7;
    token += 4;
  }
  while (token < end) {
    const next = load<u16>(token) as u32;
    if (next >= FIRST_REPEAT) break;
    const nextPut = load<u32>(puts + 4 * next);
    word |= ((nextPut >> 5) as u64) << count;
    count += nextPut & 31;
    store<u64>(target, word);
    target += count >> 3;
    word >>= count & 56;
    count &= 7;
    token += 2;
  }
  bits = word;
  bitCount = count;
  at = target;
  return token;
}

/** `put` for the first `count` of `puts`, `times` times. */
export function putRepeatedly(puts: usize, putCount: u32, times: u32): void {
  let word = bits;
  let count = bitCount;
  let target = at;
  const end = puts + 4 * putCount;
  for (let n: u32 = 0; n < times; n++) {
    for (let next = puts; next < end; next += 4) {
      const packed = load<u32>(next);
      word |= ((packed >> 5) as u64) << count;
      count += packed & 31;
      store<u64>(target, word);
      target += count >> 3;
      word >>= count & 56;
      count &= 7;
    }
  }
  bits = word;
  bitCount = count;
  at = target;
}

/** Fills up the last byte and adds a big-endian 32-bit integer; returns where the stream ends. */
export function finishBits(trailer: u32): usize {
  if (bitCount > 0) at++;
  store<u32>(at, bswap(trailer));
  return at + 4;
}
