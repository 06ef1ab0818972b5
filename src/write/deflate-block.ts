/** Deflate blocks with dynamic Huffman codes (RFC 1951, 3.2.7) of tokens, and the Adler-32 of what they stand for. */
import { type BitWriter, MAX_PUT_BITS, packPut } from './deflate-bits.js';
import { writeBlockHeader } from './deflate-header.js';
import { setCodeLengths, setCodes } from './deflate-huffman.js';
import { MATCH_EXTRA, MATCH_EXTRA_BITS, MATCH_SYMBOL, symbolsOf, TOKENS } from './deflate-tokens.js';

const { MAX_ZEROS, FIRST_MATCH, MIN_MATCH, MAX_MATCH, FIRST_REPEAT } = TOKENS;
const END_OF_BLOCK = 256;
const SYMBOLS = 286;
const MAX_CODE_BITS = 15;
/** fflate 0.8.3 silently drops data of a block with more than 131,072 symbols; the end of the block is one too. */
export const MAX_BLOCK_SYMBOLS = 65535;
/** A symbol has at most 15 bits of code, 5 extra bits and 1 of distance; 512 bytes for the header. */
const MAX_BLOCK_BYTES = (MAX_BLOCK_SYMBOLS * 21) / 8 + 512;
const ADLER_MODULUS = 65521;
/** Bytes, and one match more, between two reductions of the checksum, whose sums stay below 2^31: integers are fast. */
const ADLER_BYTES = 3500;

/** A scanline that repeats the one above, in tokens; its first byte is not zero, the others are. */
export interface RepeatedScanline {
  readonly tokens: Uint16Array;
  readonly filter: number;
  /** The filter byte included. */
  readonly byteLength: number;
}

export class BlockWriter {
  private readonly bits: BitWriter;
  private repeated: RepeatedScanline = { tokens: new Uint16Array(0), filter: 0, byteLength: 1 };
  private repeatedSymbols = 0;
  private repeatedPuts = new Int32Array(0);
  private lastLiteral = 0;
  private adlerLow = 1;
  private adlerHigh = 0;

  private readonly tokenFrequencies = new Uint32Array(FIRST_REPEAT);
  private readonly tokenPuts = new Int32Array(FIRST_REPEAT);
  private readonly frequencies = new Uint32Array(SYMBOLS);
  private readonly lengths = new Uint8Array(SYMBOLS);
  private readonly codes = new Uint16Array(SYMBOLS);

  constructor(bits: BitWriter) {
    this.bits = bits;
  }

  begin(repeated: RepeatedScanline): void {
    this.repeated = repeated;
    this.repeatedSymbols = symbolsOf(repeated.tokens);
    if (this.repeatedPuts.length < repeated.tokens.length) this.repeatedPuts = new Int32Array(repeated.tokens.length);
    this.lastLiteral = 0;
    this.adlerLow = 1;
    this.adlerHigh = 0;
  }

  /** Checksum of everything since `begin`, unsigned. */
  get adler32(): number {
    return this.adlerHigh * 0x10000 + this.adlerLow;
  }

  /**
   * Writes a block of tokens from `start` on, all up to `end` if it may hold them, the stream's last one if it does
   * and `isLast`. Returns where the next block starts.
   */
  write(tokens: Uint16Array, start: number, end: number, isLast: boolean): number {
    const { bits } = this;
    const next = this.measure(tokens, start, end);
    const usedSymbols = this.setLengths();
    bits.reserve(MAX_BLOCK_BYTES);
    bits.put(isLast && next === end ? 0b101 : 0b100, 3);
    writeBlockHeader(bits, this.lengths, usedSymbols);
    this.setTokenPuts();
    this.writeTokens(tokens, start, next);
    bits.put(this.codes[END_OF_BLOCK]!, this.lengths[END_OF_BLOCK]!);
    return next;
  }

  /** Counts the block's tokens and adds their bytes to the checksum; returns where the block ends. */
  private measure(tokens: Uint16Array, start: number, end: number): number {
    const { tokenFrequencies, repeated, repeatedSymbols } = this;
    tokenFrequencies.fill(0);
    // The literal that the next match would repeat; of one with zeros after it, a zero.
    let last = this.lastLiteral;
    let low = this.adlerLow;
    let high = this.adlerHigh;
    let scanlines = 0;
    let room = MAX_BLOCK_SYMBOLS;
    let index = start;
    while (index < end && room >= ADLER_BYTES + MAX_MATCH) {
      let bytes = 0;
      let token = 0;
      while (index < end && bytes < ADLER_BYTES) {
        token = tokens[index]!;
        if (token >= FIRST_REPEAT) break;
        index++;
        tokenFrequencies[token]!++;
        if (token < FIRST_MATCH) {
          const length = 1 + (token >>> 8);
          low += token & 255;
          high += Math.imul(low, length);
          bytes += length;
          room -= length;
          last = token;
        } else {
          const length = token - FIRST_MATCH + MIN_MATCH;
          const byte = last > 255 ? 0 : last;
          high += Math.imul(length, low) + Math.imul(byte, (length * (length + 1)) >> 1);
          low += Math.imul(length, byte);
          bytes += length;
          room--;
        }
      }
      low %= ADLER_MODULUS;
      high %= ADLER_MODULUS;
      if (token < FIRST_REPEAT) continue;
      const repeats = token - FIRST_REPEAT + 1;
      room -= repeats * repeatedSymbols;
      if (room < 0) break;
      index++;
      scanlines += repeats;
      const lows = repeats * low + (repeated.filter * repeats * (repeats + 1)) / 2;
      high = ((high + repeated.byteLength * (lows % ADLER_MODULUS)) % ADLER_MODULUS) | 0;
      low = (low + repeats * repeated.filter) % ADLER_MODULUS;
      last = 0;
    }
    for (const token of repeated.tokens) tokenFrequencies[token]! += scanlines;
    this.lastLiteral = last;
    this.adlerLow = low;
    this.adlerHigh = high;
    return index;
  }

  /** Sets the Huffman codes' lengths; returns how many symbols the header must list. */
  private setLengths(): number {
    const { frequencies, tokenFrequencies, lengths } = this;
    frequencies.fill(0);
    frequencies[END_OF_BLOCK] = 1;
    let mostZeros = 0;
    for (let token = 0; token < FIRST_MATCH; token++) {
      const frequency = tokenFrequencies[token]!;
      if (frequency === 0) continue;
      mostZeros = token >>> 8;
      frequencies[token & 255]! += frequency;
      frequencies[0]! += frequency * mostZeros;
    }
    let used = END_OF_BLOCK + 1;
    for (let n = 0; n < 256; n++) {
      const frequency = tokenFrequencies[FIRST_MATCH + n]!;
      if (frequency === 0) continue;
      const symbol = MATCH_SYMBOL[n]!;
      frequencies[symbol]! += frequency;
      used = symbol + 1;
    }
    // The longest token must fit one put: where zeros are rare they get a shorter code than their share.
    for (;;) {
      const longest = setCodeLengths(frequencies, MAX_CODE_BITS, lengths);
      if (longest + mostZeros * lengths[0]! <= MAX_PUT_BITS) break;
      frequencies[0]! *= 2;
    }
    setCodes(lengths.subarray(0, used), this.codes);
    return used;
  }

  private setTokenPuts(): void {
    const { tokenFrequencies, tokenPuts, lengths, codes } = this;
    const zeroCode = codes[0]!;
    const zeroLength = lengths[0]!;
    for (let byte = 0; byte < 256; byte++) {
      let code = codes[byte]!;
      let length = lengths[byte]!;
      if (length === 0) continue;
      for (let zeros = 0; zeros <= MAX_ZEROS; zeros++) {
        tokenPuts[byte + 256 * zeros] = packPut(code, length);
        code |= zeroCode << length;
        length += zeroLength;
      }
    }
    for (let n = 0; n < 256; n++) {
      if (tokenFrequencies[FIRST_MATCH + n] === 0) continue;
      const symbol = MATCH_SYMBOL[n]!;
      const length = lengths[symbol]!;
      const code = codes[symbol]! | (MATCH_EXTRA[n]! << length);
      // The only distance has the code 0, one bit.
      tokenPuts[FIRST_MATCH + n] = packPut(code, length + MATCH_EXTRA_BITS[n]! + 1);
    }
  }

  private writeTokens(tokens: Uint16Array, first: number, end: number): void {
    const { bits, tokenPuts, repeatedPuts } = this;
    const puts = this.setRepeatedPuts();
    for (let index = first; index < end; index++) {
      index = bits.putTokens(tokens, index, end, tokenPuts);
      if (index < end) bits.putRepeatedly(repeatedPuts, puts, tokens[index]! - FIRST_REPEAT + 1);
    }
  }

  /** Joins the codes of the repeated scanline while they fit one put; returns how many puts they take. */
  private setRepeatedPuts(): number {
    const { tokenPuts, repeatedPuts } = this;
    let puts = 0;
    let code = 0;
    let length = 0;
    for (const token of this.repeated.tokens) {
      const put = tokenPuts[token]!;
      if (length + (put & 31) > MAX_PUT_BITS) {
        repeatedPuts[puts++] = packPut(code, length);
        code = 0;
        length = 0;
      }
      code |= (put >>> 5) << length;
      length += put & 31;
    }
    repeatedPuts[puts++] = packPut(code, length);
    return puts;
  }
}
