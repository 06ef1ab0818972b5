/** Deflate blocks with dynamic Huffman codes (RFC 1951, 3.2.7) of tokens, and the Adler-32 of what they stand for. */
import { type BitWriter, MAX_PUT_BITS } from './deflate-bits.js';
import { setCodeLengths, setCodes } from './deflate-huffman.js';
import {
  FIRST_MATCH,
  FIRST_REPEAT,
  MATCH_EXTRA,
  MATCH_EXTRA_BITS,
  MATCH_SYMBOL,
  MAX_ZEROS,
  MIN_MATCH,
} from './deflate-tokens.js';

const END_OF_BLOCK = 256;
const SYMBOLS = 286;
const MAX_CODE_BITS = 15;
const MAX_HEADER_CODE_BITS = 7;
const MAX_HEADER_BYTES = 512;
/** Order in which the header stores the lengths of its own code. */
const HEADER_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const HEADER_EXTRA_BITS: Readonly<Record<number, number>> = { 16: 2, 17: 3, 18: 7 };

const ADLER_MODULUS = 65521;
/** Tokens between two reductions of the checksum: its sums stay below 2^49, exact in doubles. */
const ADLER_TOKENS = 4096;

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
  private repeatedCodes = new Int32Array(0);
  private repeatedLengths = new Uint8Array(0);
  private lastByte = 0;
  private adlerLow = 1;
  private adlerHigh = 0;

  private readonly tokenFrequencies = new Uint32Array(FIRST_REPEAT);
  private readonly tokenCodes = new Int32Array(FIRST_REPEAT);
  private readonly tokenLengths = new Uint8Array(FIRST_REPEAT);
  private readonly frequencies = new Uint32Array(SYMBOLS);
  /** Literals and lengths, and after the last used one the only distance, 1: as the header sends them. */
  private readonly lengths = new Uint8Array(SYMBOLS + 1);
  private readonly codes = new Uint16Array(SYMBOLS);

  private readonly headerSymbols = new Uint8Array(SYMBOLS + 1);
  private readonly headerExtras = new Uint8Array(SYMBOLS + 1);
  private readonly headerFrequencies = new Uint32Array(19);
  private readonly headerLengths = new Uint8Array(19);
  private readonly headerCodes = new Uint16Array(19);

  constructor(bits: BitWriter) {
    this.bits = bits;
  }

  begin(repeated: RepeatedScanline): void {
    this.repeated = repeated;
    if (this.repeatedCodes.length < repeated.tokens.length) {
      this.repeatedCodes = new Int32Array(repeated.tokens.length);
      this.repeatedLengths = new Uint8Array(repeated.tokens.length);
    }
    this.lastByte = 0;
    this.adlerLow = 1;
    this.adlerHigh = 0;
  }

  /** Checksum of everything since `begin`, unsigned. */
  get adler32(): number {
    return this.adlerHigh * 0x10000 + this.adlerLow;
  }

  /** `symbolCount` is the number of literals and matches that the tokens stand for. */
  write(tokens: Uint16Array, count: number, symbolCount: number, isLast: boolean): void {
    const { bits } = this;
    // 21 bits is the longest symbol: 15 of Huffman code, 5 extra bits, 1 of distance.
    bits.reserve((symbolCount * 21) / 8 + MAX_HEADER_BYTES);
    this.measure(tokens, count);
    const usedSymbols = this.setLengths();
    bits.put(isLast ? 0b101 : 0b100, 3);
    this.writeHeader(usedSymbols);
    this.setTokenCodes();
    this.writeTokens(tokens, count);
    bits.put(this.codes[END_OF_BLOCK]!, this.lengths[END_OF_BLOCK]!);
  }

  /** Counts the tokens and adds their bytes to the checksum. */
  private measure(tokens: Uint16Array, count: number): void {
    const { tokenFrequencies, repeated } = this;
    tokenFrequencies.fill(0);
    let byte = this.lastByte;
    let low = this.adlerLow;
    let high = this.adlerHigh;
    let scanlines = 0;
    for (let index = 0; index < count; ) {
      const end = Math.min(count, index + ADLER_TOKENS);
      for (; index < end; index++) {
        const token = tokens[index]!;
        if (token < FIRST_MATCH) {
          tokenFrequencies[token]!++;
          byte = token & 255;
          low += byte;
          high += low * (1 + (token >>> 8));
          if (token > 255) byte = 0;
        } else if (token < FIRST_REPEAT) {
          tokenFrequencies[token]!++;
          const length = token - FIRST_MATCH + MIN_MATCH;
          high += length * low + byte * ((length * (length + 1)) / 2);
          low += length * byte;
        } else {
          const repeats = token - FIRST_REPEAT + 1;
          scanlines += repeats;
          low %= ADLER_MODULUS;
          const lows = repeats * low + repeated.filter * ((repeats * (repeats + 1)) / 2);
          high = (high + repeated.byteLength * (lows % ADLER_MODULUS)) % ADLER_MODULUS;
          low += repeats * repeated.filter;
          byte = 0;
        }
      }
      low %= ADLER_MODULUS;
      high %= ADLER_MODULUS;
    }
    for (const token of repeated.tokens) tokenFrequencies[token]! += scanlines;
    this.lastByte = byte;
    this.adlerLow = low;
    this.adlerHigh = high;
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
    let longest = setCodeLengths(frequencies, MAX_CODE_BITS, lengths);
    // The longest token must fit one put: where zeros are rare they get a shorter code than their share.
    while (longest + mostZeros * lengths[0]! > MAX_PUT_BITS) {
      frequencies[0]! *= 2;
      longest = setCodeLengths(frequencies, MAX_CODE_BITS, lengths);
    }
    setCodes(lengths.subarray(0, used), this.codes);
    return used;
  }

  private writeHeader(usedSymbols: number): void {
    const { bits, lengths, headerSymbols, headerExtras, headerCodes, headerLengths } = this;
    lengths[usedSymbols] = 1;
    const count = this.encodeLengths(usedSymbols + 1);
    setCodeLengths(this.headerFrequencies, MAX_HEADER_CODE_BITS, headerLengths);
    setCodes(headerLengths, headerCodes);
    let orderCount = HEADER_ORDER.length;
    while (headerLengths[HEADER_ORDER[orderCount - 1]!] === 0) orderCount--;
    bits.put(usedSymbols - 257, 5);
    bits.put(0, 5);
    bits.put(orderCount - 4, 4);
    for (let index = 0; index < orderCount; index++) bits.put(headerLengths[HEADER_ORDER[index]!]!, 3);
    for (let index = 0; index < count; index++) {
      const symbol = headerSymbols[index]!;
      bits.put(headerCodes[symbol]!, headerLengths[symbol]!);
      if (symbol >= 16) bits.put(headerExtras[index]!, HEADER_EXTRA_BITS[symbol]!);
    }
  }

  /** Run-length codes lengths[0, count) into headerSymbols and headerExtras; returns how many. */
  private encodeLengths(count: number): number {
    const { lengths, headerSymbols, headerExtras, headerFrequencies } = this;
    headerFrequencies.fill(0);
    let written = 0;
    const add = (symbol: number, extra: number): void => {
      headerSymbols[written] = symbol;
      headerExtras[written++] = extra;
      headerFrequencies[symbol]!++;
    };
    for (let index = 0; index < count; ) {
      const length = lengths[index]!;
      let same = 1;
      while (index + same < count && lengths[index + same] === length) same++;
      index += same;
      if (length > 0) {
        add(length, 0);
        same--;
      }
      while (same >= 3) {
        const repeat = Math.min(same, length > 0 ? 6 : 138);
        if (length > 0) add(16, repeat - 3);
        else if (repeat <= 10) add(17, repeat - 3);
        else add(18, repeat - 11);
        same -= repeat;
      }
      for (; same > 0; same--) add(length, 0);
    }
    return written;
  }

  private setTokenCodes(): void {
    const { tokenFrequencies, tokenCodes, tokenLengths, lengths, codes } = this;
    const zeroCode = codes[0]!;
    const zeroLength = lengths[0]!;
    for (let byte = 0; byte < 256; byte++) {
      let code = codes[byte]!;
      let length = lengths[byte]!;
      if (length === 0) continue;
      for (let zeros = 0; zeros <= MAX_ZEROS; zeros++) {
        tokenCodes[byte + 256 * zeros] = code;
        tokenLengths[byte + 256 * zeros] = length;
        code |= zeroCode << length;
        length += zeroLength;
      }
    }
    for (let n = 0; n < 256; n++) {
      if (tokenFrequencies[FIRST_MATCH + n] === 0) continue;
      const symbol = MATCH_SYMBOL[n]!;
      const length = lengths[symbol]!;
      tokenCodes[FIRST_MATCH + n] = codes[symbol]! | (MATCH_EXTRA[n]! << length);
      // The only distance has the code 0, one bit.
      tokenLengths[FIRST_MATCH + n] = length + MATCH_EXTRA_BITS[n]! + 1;
    }
  }

  private writeTokens(tokens: Uint16Array, count: number): void {
    const { bits, tokenCodes, tokenLengths, repeatedCodes, repeatedLengths } = this;
    const puts = this.setRepeatedCodes();
    const codes = repeatedCodes.subarray(0, puts);
    let start = 0;
    for (let index = 0; index < count; index++) {
      const token = tokens[index]!;
      if (token < FIRST_REPEAT) continue;
      bits.putTokens(tokens, start, index, tokenCodes, tokenLengths);
      bits.putRepeatedly(codes, repeatedLengths, token - FIRST_REPEAT + 1);
      start = index + 1;
    }
    bits.putTokens(tokens, start, count, tokenCodes, tokenLengths);
  }

  /** Joins the codes of the repeated scanline while they fit one put; returns how many puts they take. */
  private setRepeatedCodes(): number {
    const { tokenCodes, tokenLengths, repeatedCodes, repeatedLengths } = this;
    let puts = 0;
    let code = 0;
    let length = 0;
    for (const token of this.repeated.tokens) {
      if (length + tokenLengths[token]! > MAX_PUT_BITS) {
        repeatedCodes[puts] = code;
        repeatedLengths[puts++] = length;
        code = 0;
        length = 0;
      }
      code |= tokenCodes[token]! << length;
      length += tokenLengths[token]!;
    }
    repeatedCodes[puts] = code;
    repeatedLengths[puts++] = length;
    return puts;
  }
}
