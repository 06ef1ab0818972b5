/**
 * A zlib stream (RFC 1950, 1951) of filtered PNG scanlines, given as bytes with the run that follows each. Matches
 * have distance 1 alone, so that the cost goes with the number of runs and not of bytes.
 * What it leaves out: matches at other distances, stored and fixed blocks.
 */
import { BitWriter } from './deflate-bits.js';
import { BlockWriter } from './deflate-block.js';
import { FIRST_MATCH, FIRST_REPEAT, MAX_MATCH, MAX_REPEATS, MAX_ZEROS, MIN_MATCH } from './deflate-tokens.js';

/** fflate 0.8.3 silently drops data of a block with more than 131,072 symbols; the end of the block is one too. */
const MAX_BLOCK_SYMBOLS = 65535;
/** A repeated scanline must fit a block: 65,535 matches take a little more. */
export const MAX_SCANLINE_BYTES = 2 ** 24;
const ZLIB_HEADER = 0x0178;
const FILTER_UP = 2;

/** One stream at a time: `begin`, the scanlines, `finish`, and again. */
export class ScanlineDeflater {
  private readonly bits = new BitWriter();
  private readonly block = new BlockWriter(this.bits);
  private readonly tokens = new Uint16Array(MAX_BLOCK_SYMBOLS);
  private tokenCount = 0;
  /** Literals and matches that the block still takes. */
  private room = MAX_BLOCK_SYMBOLS;
  private repeatedSymbols = 0;

  /** All scanlines have `byteLength` bytes, the filter byte included: 2..MAX_SCANLINE_BYTES. */
  begin(byteLength: number): void {
    this.bits.begin();
    this.bits.put(ZLIB_HEADER, 16);
    this.literal(FILTER_UP, byteLength - 1);
    const tokens = this.tokens.slice(0, this.tokenCount);
    this.repeatedSymbols = MAX_BLOCK_SYMBOLS - this.room;
    this.block.begin({ tokens, filter: FILTER_UP, byteLength });
    this.tokenCount = 0;
    this.room = MAX_BLOCK_SYMBOLS;
  }

  /** A byte and `zeros` zeros after it. */
  literal(byte: number, zeros: number): void {
    if (zeros <= MAX_ZEROS) {
      this.add(byte + 256 * zeros, 1 + zeros);
      return;
    }
    const single = 1 + unmatched(zeros - 1);
    this.add(byte + 256 * single, 1 + single);
    this.matches(zeros - single);
  }

  /** The same byte `length` times, at least once. */
  run(byte: number, length: number): void {
    const single = 1 + unmatched(length - 1);
    for (let n = 0; n < single; n++) this.add(byte, 1);
    this.matches(length - single);
  }

  /** `count` scanlines that repeat the one above. */
  repeatScanline(count: number): void {
    let rest = count;
    while (rest > 0) {
      if (this.room < this.repeatedSymbols) this.writeBlock(false);
      const repeats = Math.min(rest, MAX_REPEATS, Math.floor(this.room / this.repeatedSymbols));
      this.add(FIRST_REPEAT + repeats - 1, repeats * this.repeatedSymbols);
      rest -= repeats;
    }
  }

  /** Ends the stream. Its bytes are a view of scratch memory: copy them before the next stream begins. */
  finish(): Uint8Array {
    this.writeBlock(true);
    return this.bits.finish(this.block.adler32);
  }

  /** The byte before again, `length` times; `unmatched(length)` is 0. */
  private matches(length: number): void {
    let rest = length;
    for (; rest >= MAX_MATCH; rest -= MAX_MATCH) this.add(FIRST_REPEAT - 1, 1);
    if (rest > 0) this.add(FIRST_MATCH - MIN_MATCH + rest, 1);
  }

  private add(token: number, symbols: number): void {
    if (symbols > this.room) this.writeBlock(false);
    this.room -= symbols;
    this.tokens[this.tokenCount++] = token;
  }

  private writeBlock(isLast: boolean): void {
    this.block.write(this.tokens, this.tokenCount, MAX_BLOCK_SYMBOLS - this.room, isLast);
    this.tokenCount = 0;
    this.room = MAX_BLOCK_SYMBOLS;
  }
}

/** How many bytes of a run matches cannot cover, less than MIN_MATCH. */
function unmatched(length: number): number {
  const rest = length < MAX_MATCH ? length : length % MAX_MATCH;
  return rest < MIN_MATCH ? rest : 0;
}
