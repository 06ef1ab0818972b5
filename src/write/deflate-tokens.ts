/**
 * What the deflater keeps of a scanline: one 16-bit token for a byte and up to three zeros after it, for a match at
 * distance 1, or for scanlines that repeat the one above.
 */

/** Tokens byte + 256 * zeros: a literal byte and 0..MAX_ZEROS literal zeros. */
export const MAX_ZEROS = 3;
/** FIRST_MATCH + n is a match of MIN_MATCH + n bytes. */
export const FIRST_MATCH = 256 * (MAX_ZEROS + 1);
export const MIN_MATCH = 3;
export const MAX_MATCH = 258;
/** FIRST_REPEAT + n are n + 1 scanlines that repeat the one above. */
export const FIRST_REPEAT = FIRST_MATCH + 256;
export const MAX_REPEATS = 0x10000 - FIRST_REPEAT;

/** By match length - MIN_MATCH (RFC 1951, 3.2.5): its symbol, the number of its extra bits and their value. */
export const MATCH_SYMBOL = new Uint16Array(256);
export const MATCH_EXTRA_BITS = new Uint8Array(256);
export const MATCH_EXTRA = new Uint8Array(256);

for (let n = 0; n < 255; n++) {
  const extraBits = n < 8 ? 0 : 29 - Math.clz32(n);
  MATCH_EXTRA_BITS[n] = extraBits;
  MATCH_EXTRA[n] = n & ((1 << extraBits) - 1);
  MATCH_SYMBOL[n] = 257 + 4 * extraBits + (n >>> extraBits);
}
MATCH_SYMBOL[255] = 285;

/** Literals and matches that tokens below FIRST_REPEAT stand for. */
export function symbolsOf(tokens: Uint16Array): number {
  let symbols = 0;
  for (const token of tokens) symbols += token < FIRST_MATCH ? 1 + (token >>> 8) : 1;
  return symbols;
}
