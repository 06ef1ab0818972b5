/**
 * What the deflater keeps of a scanline: one 16-bit token for a byte and up to three zeros after it, for a match at
 * distance 1, or for scanlines that repeat the one above.
 */

/**
 * Tokens byte + 256 * zeros are a literal byte and 0..MAX_ZEROS literal zeros, FIRST_MATCH + n is a match of MIN_MATCH + n
 * bytes, FIRST_REPEAT + n are n + 1 scanlines that repeat the one above.
 *
 * One object, to take constants of one's own from: V8 reads an imported one anew wherever it is used, which in a loop
 * over tokens doubles the time.
 */
export const TOKENS = {
  MAX_ZEROS: 3,
  FIRST_MATCH: 1024,
  MIN_MATCH: 3,
  MAX_MATCH: 258,
  FIRST_REPEAT: 1280,
  MAX_REPEATS: 0x10000 - 1280,
} as const;

const { FIRST_MATCH } = TOKENS;

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
