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
  /** Scanlines of one token at most. */
  private maxRepeats = 1;

  /** All scanlines have `byteLength` bytes, the filter byte included: 2..MAX_SCANLINE_BYTES. */
  begin(byteLength: number): void {
    this.bits.begin();
    this.bits.put(ZLIB_HEADER, 16);
    this.tokenCount = 0;
    this.literal(FILTER_UP, byteLength - 1);
    const tokens = this.tokens.slice(0, this.tokenCount);
    this.maxRepeats = Math.min(MAX_REPEATS, Math.floor(MAX_BLOCK_SYMBOLS / symbolsOf(tokens)));
    this.block.begin({ tokens, filter: FILTER_UP, byteLength });
    this.tokenCount = 0;
  }

  /** A scanline of the filter byte and literals: each of `bytes`, in groups of `channels`, and zeros that fill up the group's `widths` pixels. */
  literals(filter: number, bytes: Uint8Array, widths: Uint32Array, channels: number): void {
    const columns = widths.length;
    this.reserve(columns * channels + 1);
    let { tokens, tokenCount } = this;
    // A byte waits until the zeros after it are counted.
    let byte = filter;
    let zeros = 0;
    let next = 0;
    for (let column = 0; column < columns; column++) {
      for (let channel = 0; channel < channels; channel++) {
        const value = bytes[next++]!;
        if (value === 0) {
          zeros++;
          continue;
        }
        if (zeros <= MAX_ZEROS) {
          tokens[tokenCount++] = byte + 256 * zeros;
        } else {
          this.tokenCount = tokenCount;
          this.literal(byte, zeros);
          this.reserve(columns * channels - next + 1);
          ({ tokens, tokenCount } = this);
        }
        byte = value;
        zeros = 0;
      }
      zeros += (widths[column]! - 1) * channels;
    }
    this.tokenCount = tokenCount;
    this.literal(byte, zeros);
  }

  /** A scanline of the filter byte and runs: each of `bytes` as often as `widths` says. */
  runs(filter: number, bytes: Uint8Array, widths: Uint32Array): void {
    const columns = widths.length;
    this.literal(filter, 0);
    this.reserve(2 * columns);
    let { tokens, tokenCount } = this;
    let byte = bytes[0]!;
    let length = widths[0]!;
    for (let column = 1; column < columns; column++) {
      const value = bytes[column]!;
      if (value !== byte) {
        const match = length - 1;
        if (match >= MIN_MATCH && match <= MAX_MATCH) {
          tokens[tokenCount++] = byte;
          tokens[tokenCount++] = FIRST_MATCH - MIN_MATCH + match;
        } else {
          this.tokenCount = tokenCount;
          this.run(byte, length);
          this.reserve(2 * (columns - column));
          ({ tokens, tokenCount } = this);
        }
        byte = value;
        length = 0;
      }
      length += widths[column]!;
    }
    this.tokenCount = tokenCount;
    this.run(byte, length);
  }

  /** `count` scanlines that repeat the one above. */
  repeatScanline(count: number): void {
    let rest = count;
    while (rest > 0) {
      const repeats = Math.min(rest, this.maxRepeats);
      this.add(FIRST_REPEAT + repeats - 1);
      rest -= repeats;
    }
  }

  /** Ends the stream. Its bytes are a view of scratch memory: copy them before the next stream begins. */
  finish(): Uint8Array {
    this.writeBlocks(true);
    return this.bits.finish(this.block.adler32);
  }

  /** A byte and `zeros` zeros after it. */
  literal(byte: number, zeros: number): void {
    const single = zeros <= MAX_ZEROS ? zeros : 1 + unmatched(zeros - 1);
    this.add(byte + 256 * single);
    this.matches(zeros - single);
  }

  /** The same byte `length` times, at least once. */
  run(byte: number, length: number): void {
    const single = 1 + unmatched(length - 1);
    for (let n = 0; n < single; n++) this.add(byte);
    this.matches(length - single);
  }

  /** The byte before again, `length` times; `unmatched(length)` is 0. */
  private matches(length: number): void {
    let rest = length;
    for (; rest >= MAX_MATCH; rest -= MAX_MATCH) this.add(FIRST_REPEAT - 1);
    if (rest > 0) this.add(FIRST_MATCH - MIN_MATCH + rest);
  }

  private add(token: number): void {
    this.reserve(1);
    this.tokens[this.tokenCount++] = token;
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

/** How many bytes of a run matches cannot cover, less than MIN_MATCH. */
function unmatched(length: number): number {
  const rest = length < MAX_MATCH ? length : length % MAX_MATCH;
  return rest < MIN_MATCH ? rest : 0;
}
