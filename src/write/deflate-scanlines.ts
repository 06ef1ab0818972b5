/**
 * A zlib stream (RFC 1950, 1951) of filtered PNG scanlines, given as bytes with the run that follows each. Matches
 * have distance 1 alone, so that the cost goes with the number of runs and not of bytes.
 * What it leaves out: matches at other distances, stored and fixed blocks.
 */
import { BitWriter } from './deflate-bits.js';
import { BlockWriter, MAX_BLOCK_SYMBOLS } from './deflate-block.js';
import { symbolsOf, TOKENS } from './deflate-tokens.js';

const { MAX_ZEROS, FIRST_MATCH, MIN_MATCH, MAX_MATCH, FIRST_REPEAT, MAX_REPEATS } = TOKENS;
/** A scanline that repeats the one above must fit a block: 65,535 matches take a little more. */
export const MAX_SCANLINE_BYTES = 2 ** 24;
/** Tokens kept until their blocks are written, unless one scanline has more. */
const CAPACITY = 65536;
const ZLIB_HEADER = 0x0178;
const FILTER_UP = 2;

/** One stream at a time: `begin`, the scanlines, `finish`, and again. */
export class ScanlineDeflater {
  private readonly bits = new BitWriter();
  private readonly block = new BlockWriter(this.bits);
  private tokens = new Uint16Array(CAPACITY);
  private tokenCount = 0;
  /** Matches of full length in a scanline at most. */
  private maxMatches = 0;
  /** Scanlines of one token at most. */
  private maxRepeats = 1;

  /** All scanlines have `byteLength` bytes, the filter byte included: 2..MAX_SCANLINE_BYTES. */
  begin(byteLength: number): void {
    this.bits.begin();
    this.bits.put(ZLIB_HEADER, 16);
    this.tokenCount = 0;
    this.maxMatches = Math.ceil(byteLength / MAX_MATCH);
    this.literal(FILTER_UP, byteLength - 1);
    const tokens = this.tokens.slice(0, this.tokenCount);
    this.maxRepeats = Math.min(MAX_REPEATS, Math.floor(MAX_BLOCK_SYMBOLS / symbolsOf(tokens)));
    this.block.begin({ tokens, filter: FILTER_UP, byteLength });
    this.tokenCount = 0;
  }

  /**
   * A scanline of the filter byte and literals: each of `bytes`, in groups of `channels`, and zeros that fill up the group's
   * `widths` pixels.
   */
  literals(filter: number, bytes: Uint8Array, widths: Uint32Array, channels: number): void {
    this.reserve(2 * (widths.length * channels + 1) + this.maxMatches);
    this.tokenCount = packLiterals(this.tokens, this.tokenCount, filter, bytes, widths, channels);
  }

  /** A scanline of the filter byte and runs: each of `bytes` as often as `widths` says. */
  runs(filter: number, bytes: Uint8Array, widths: Uint32Array): void {
    this.reserve(1 + (MIN_MATCH + 1) * widths.length + this.maxMatches);
    this.tokens[this.tokenCount++] = filter;
    this.tokenCount = packRuns(this.tokens, this.tokenCount, bytes, widths);
  }

  /** A byte and `zeros` zeros after it. */
  literal(byte: number, zeros: number): void {
    this.reserve(2 + Math.ceil(zeros / MAX_MATCH));
    this.tokenCount = packLiteral(this.tokens, this.tokenCount, byte, zeros);
  }

  /** The same byte `length` times, at least once. */
  run(byte: number, length: number): void {
    this.reserve(MIN_MATCH + 1 + Math.ceil(length / MAX_MATCH));
    this.tokenCount = packRun(this.tokens, this.tokenCount, byte, length);
  }

  /** `count` scanlines that repeat the one above. */
  repeatScanline(count: number): void {
    let rest = count;
    while (rest > 0) {
      const repeats = Math.min(rest, this.maxRepeats);
      this.reserve(1);
      this.tokens[this.tokenCount++] = FIRST_REPEAT + repeats - 1;
      rest -= repeats;
    }
  }

  /** Ends the stream, which must hold at least one byte. Its bytes are a view of scratch memory: copy them before the next stream begins. */
  finish(): Uint8Array {
    this.writeBlocks(true);
    return this.bits.finish(this.block.adler32);
  }

  /** Makes room for `count` more tokens. */
  private reserve(count: number): void {
    if (this.tokenCount + count <= this.tokens.length) return;
    this.writeBlocks(false);
    if (count > this.tokens.length) this.tokens = new Uint16Array(count);
  }

  private writeBlocks(isLast: boolean): void {
    for (let at = 0; at < this.tokenCount; ) at = this.block.write(this.tokens, at, this.tokenCount, isLast);
    this.tokenCount = 0;
  }
}

// The functions below write tokens from `tokens[at]` on, for which there must be room, and return where they end.

function packLiterals(
  tokens: Uint16Array,
  at: number,
  filter: number,
  bytes: Uint8Array,
  widths: Uint32Array,
  channels: number,
): number {
  // A byte waits until the zeros after it are counted.
  let byte = filter;
  let zeros = 0;
  let next = 0;
  for (let column = 0; column < widths.length; column++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = bytes[next++]!;
      if (value === 0) {
        zeros++;
        continue;
      }
      if (zeros <= MAX_ZEROS) tokens[at++] = byte + 256 * zeros;
      else at = packLiteral(tokens, at, byte, zeros);
      byte = value;
      zeros = 0;
    }
    zeros += (widths[column]! - 1) * channels;
  }
  return packLiteral(tokens, at, byte, zeros);
}

function packRuns(tokens: Uint16Array, at: number, bytes: Uint8Array, widths: Uint32Array): number {
  let byte = bytes[0]!;
  let length = widths[0]!;
  for (let column = 1; column < widths.length; column++) {
    const value = bytes[column]!;
    if (value !== byte) {
      if (length > MIN_MATCH && length <= MAX_MATCH) {
        tokens[at] = byte;
        tokens[at + 1] = FIRST_MATCH - MIN_MATCH + length - 1;
        at += 2;
      } else {
        at = packRun(tokens, at, byte, length);
      }
      byte = value;
      length = 0;
    }
    length += widths[column]!;
  }
  return packRun(tokens, at, byte, length);
}

function packLiteral(tokens: Uint16Array, at: number, byte: number, zeros: number): number {
  const single = zeros <= MAX_ZEROS ? zeros : 1 + unmatched(zeros - 1);
  tokens[at++] = byte + 256 * single;
  return packMatches(tokens, at, zeros - single);
}

function packRun(tokens: Uint16Array, at: number, byte: number, length: number): number {
  const single = 1 + unmatched(length - 1);
  for (let n = 0; n < single; n++) tokens[at++] = byte;
  return packMatches(tokens, at, length - single);
}

/** The byte before again, `length` times; `unmatched(length)` is 0. */
function packMatches(tokens: Uint16Array, at: number, length: number): number {
  for (; length >= MAX_MATCH; length -= MAX_MATCH) tokens[at++] = FIRST_MATCH - MIN_MATCH + MAX_MATCH;
  if (length > 0) tokens[at++] = FIRST_MATCH - MIN_MATCH + length;
  return at;
}

/** How many bytes of a run matches cannot cover, less than MIN_MATCH. */
function unmatched(length: number): number {
  const rest = length < MAX_MATCH ? length : length % MAX_MATCH;
  return rest < MIN_MATCH ? rest : 0;
}
