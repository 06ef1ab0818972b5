/**
 * What is kept of a scanline until its block is written: one 16-bit token for a byte and up to three zeros after it, for a match
 * at distance 1, or for scanlines that repeat the one above.
 *
 * Tokens byte + 256 * zeros are a literal byte and 0..MAX_ZEROS literal zeros, FIRST_MATCH + n is a match of MIN_MATCH + n
 * bytes, FIRST_REPEAT + n are n + 1 scanlines that repeat the one above.
 */
export const MAX_ZEROS: u32 = 3;
export const FIRST_MATCH: u32 = 1024;
export const MIN_MATCH: u32 = 3;
export const MAX_MATCH: u32 = 258;
export const FIRST_REPEAT: u32 = 1280;
export const MAX_REPEATS: u32 = 0x10000 - FIRST_REPEAT;

/** By match length - MIN_MATCH (RFC 1951, 3.2.5): its symbol, the number of its extra bits and their value. */
const symbols: usize = memory.data(2 * 256);
const extraBits: usize = memory.data(256);
const extras: usize = memory.data(256);

for (let n: u32 = 0; n < 255; n++) {
  const bits: u32 = n < 8 ? 0 : 29 - clz(n);
  store<u8>(extraBits + n, bits as u8);
  store<u8>(extras + n, (n & ((1 << bits) - 1)) as u8);
  store<u16>(symbols + 2 * n, (257 + 4 * bits + (n >> bits)) as u16);
}
store<u16>(symbols + 2 * 255, 285);

export function matchSymbol(n: u32): u32 {
  return load<u16>(symbols + 2 * n);
}

export function matchExtraBits(n: u32): u32 {
  return load<u8>(extraBits + n);
}

export function matchExtra(n: u32): u32 {
  return load<u8>(extras + n);
}

/** Literals and matches that `count` tokens below FIRST_REPEAT stand for. */
export function symbolsOf(tokens: usize, count: u32): u32 {
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const token = load<u16>(tokens + 2 * index) as u32;
    sum += token < FIRST_MATCH ? 1 + (token >> 8) : 1;
  }
  return sum;
}
