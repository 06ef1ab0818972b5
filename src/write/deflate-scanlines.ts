/**
 * A zlib stream (RFC 1950, 1951) of filtered PNG scanlines, given as bytes with the run that follows each. Matches
 * have distance 1 alone, so that the cost goes with the number of runs and not of bytes.
 * What it leaves out: matches at other distances, stored and fixed blocks.
 */
import { BitWriter } from './deflate-bits.js';
import { BlockWriter, MAX_BLOCK_SYMBOLS } from './deflate-block.js';
import {
  FIRST_MATCH,
  FIRST_REPEAT,
  MAX_MATCH,
  MAX_REPEATS,
  MAX_ZEROS,
  MIN_MATCH,
  symbolsOf,
} from './deflate-tokens.js';

/** A scanline that repeats the one above must fit a block: 65,535 matches take a little more. */
export const MAX_SCANLINE_BYTES = 2 ** 24;
/** Tokens kept until their blocks are written. */
const CAPACITY = 65536;
const ZLIB_HEADER = 0x0178;
const FILTER_UP = 2;

/** One stream at a time: `begin`, the scanlines, `finish`, and again. */
export class ScanlineDeflater {
  private readonly bits = new BitWriter();
  private readonly block = new BlockWriter(this.bits);
  private readonly tokens = new Uint16Array(CAPACITY);
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

  /** A byte and `zeros` zeros after it. */
  literal(byte: number, zeros: number): void {
    if (zeros <= MAX_ZEROS) {
      this.add(byte + 256 * zeros);
      return;
    }
    const single = 1 + unmatched(zeros - 1);
    this.add(byte + 256 * single);
    this.matches(zeros - single);
  }

  /** The same byte `length` times, at least once. */
  run(byte: number, length: number): void {
    const single = 1 + unmatched(length - 1);
    for (let n = 0; n < single; n++) this.add(byte);
    this.matches(length - single);
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

  /** The byte before again, `length` times; `unmatched(length)` is 0. */
  private matches(length: number): void {
    let rest = length;
    for (; rest >= MAX_MATCH; rest -= MAX_MATCH) this.add(FIRST_REPEAT - 1);
    if (rest > 0) this.add(FIRST_MATCH - MIN_MATCH + rest);
  }

  private add(token: number): void {
    if (this.tokenCount === CAPACITY) this.writeBlocks(false);
    this.tokens[this.tokenCount++] = token;
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
