/**
 * A zlib stream (RFC 1950, 1951) of filtered PNG scanlines, given as bytes with the run that follows each. Matches
 * have distance 1 alone, so that the cost goes with the number of runs and not of bytes.
 * What it leaves out: matches at other distances, stored and fixed blocks.
 */
import { beginBits, finishBits, put } from './bits';
import { adler32, beginBlocks, MAX_BLOCK_SYMBOLS, writeBlock } from './block';
import { allocate } from './memory';
import { FIRST_MATCH, FIRST_REPEAT, MAX_MATCH, MAX_REPEATS, MAX_ZEROS, MIN_MATCH, symbolsOf } from './tokens';

/** Tokens kept until their blocks are written, unless one scanline has more. */
const CAPACITY: u32 = 65536;
const ZLIB_HEADER: u32 = 0x0178;
const FILTER_UP: u32 = 2;

// The functions below write at a local `target`, which may stay in a register, and hand it over as `at` where a rare case goes elsewhere.

let tokens: usize = 0;
/** Where the next token goes, and where none may. */
let at: usize = 0;
let limit: usize = 0;
/** Matches of full length in a scanline at most. */
let maxMatches: u32 = 0;
/** Scanlines of one token at most. */
let maxRepeats: u32 = 0;

/**
 * A stream of scanlines of `byteLength` bytes, the filter byte included: 2..2^24, so that one which repeats the one above fits a
 * block. Each is of at most `maxColumns` columns with `channels` bytes.
 */
export function allocateTokens(byteLength: u32, maxColumns: u32, channels: u32): void {
  maxMatches = (byteLength + MAX_MATCH - 1) / MAX_MATCH;
  const literals = 2 * (maxColumns * channels + 1);
  const runs = 1 + (MIN_MATCH + 1) * maxColumns;
  const capacity = max(CAPACITY, maxMatches + max(literals, runs));
  tokens = allocate(2 * capacity);
  limit = tokens + 2 * capacity;
  const repeated = allocate(2 * (maxMatches + 2));
  at = repeated;
  packLiteral(FILTER_UP, byteLength - 1);
  const count = ((at - repeated) >> 1) as u32;
  maxRepeats = min(MAX_REPEATS, MAX_BLOCK_SYMBOLS / symbolsOf(repeated, count));
  beginBlocks(repeated, count, FILTER_UP, byteLength, allocate(4 * count));
  at = tokens;
}

/** The stream begins at `start`. */
export function beginStream(start: usize): void {
  beginBits(start);
  put(ZLIB_HEADER, 16);
}

/** Ends the stream, which must hold at least one byte; returns where. */
export function finishStream(): usize {
  writeBlocks(true);
  return finishBits(adler32());
}

/** `count` scanlines that repeat the one above. */
export function repeatScanline(count: u32): void {
  while (count > 0) {
    const repeats = min(count, maxRepeats);
    reserve(1);
    store<u16>(at, (FIRST_REPEAT + repeats - 1) as u16);
    at += 2;
    count -= repeats;
  }
}

/** Makes room for `count` more tokens. */
function reserve(count: u32): void {
  if (at + 2 * count > limit) writeBlocks(false);
}

function writeBlocks(isLast: bool): void {
  for (let next = tokens; next < at; ) next = writeBlock(next, at, isLast);
  at = tokens;
}

/**
 * A scanline of the filter byte and literals: each of `count` bytes, which are followed by 16 zeros, at its u32 place among
 * `positions` in the scanline, and zeros between them. `length` is the scanline's, without the filter byte.
 */
export function writeLiterals(filter: u32, bytes: usize, positions: usize, count: u32, length: u32): void {
  reserve(2 * (count + 1) + maxMatches);
  // A byte waits until the zeros after it are counted.
  let byte = filter;
  let next: u32 = 0;
  let target = at;
  for (const end = bytes + count; bytes < end; bytes += 16, positions += 64) {
    let others = ~i8x16.bitmask(i8x16.eq(v128.load(bytes), i8x16.splat(0))) & 0xffff;
    while (others !== 0) {
      const n = ctz(others);
      const position = load<u32>(positions + 4 * n);
      const zeros = position - next;
      if (zeros <= MAX_ZEROS) {
        store<u16>(target, (byte | (zeros << 8)) as u16);
        target += 2;
      } else {
        at = target;
        packLiteral(byte, zeros);
        target = at;
      }
      byte = load<u8>(bytes + n);
      next = position + 1;
      others &= others - 1;
    }
  }
  at = target;
  packLiteral(byte, length - next);
}

/** A scanline of the filter byte and runs: each of `count` bytes from its u32 place among `positions` on, up to `length`. */
export function writeRuns(filter: u32, bytes: usize, positions: usize, count: u32, length: u32): void {
  reserve(1 + (MIN_MATCH + 1) * count + maxMatches);
  store<u16>(at, filter as u16);
  let target = at + 2;
  let byte = load<u8>(bytes) as u32;
  let start: u32 = 0;
  for (let column: u32 = 1; column < count; column += 16, bytes += 16, positions += 64) {
    let changes = ~i8x16.bitmask(i8x16.eq(v128.load(bytes, 1), v128.load(bytes))) & 0xffff;
    if (count - column < 16) changes &= (1 << (count - column)) - 1;
    while (changes !== 0) {
      const n = ctz(changes);
      const position = load<u32>(positions + 4 * n, 4);
      const run = position - start;
      if (run > MIN_MATCH && run <= MAX_MATCH) {
        store<u32>(target, byte | ((FIRST_MATCH - MIN_MATCH + run - 1) << 16));
        target += 4;
      } else {
        at = target;
        packRun(byte, run);
        target = at;
      }
      byte = load<u8>(bytes + n, 1);
      start = position;
      changes &= changes - 1;
    }
  }
  at = target;
  packRun(byte, length - start);
}

/** A byte and `zeros` zeros after it. */
function packLiteral(byte: u32, zeros: u32): void {
  const single: u32 = zeros <= MAX_ZEROS ? zeros : 1 + unmatched(zeros - 1);
  store<u16>(at, (byte + 256 * single) as u16);
  at += 2;
  packMatches(zeros - single);
}

/** The same byte `length` times, at least once. */
function packRun(byte: u32, length: u32): void {
  const single: u32 = 1 + unmatched(length - 1);
  for (let n: u32 = 0; n < single; n++) {
    store<u16>(at, byte as u16);
    at += 2;
  }
  packMatches(length - single);
}

/** The byte before again, `length` times; `unmatched(length)` is 0. */
function packMatches(length: u32): void {
  for (; length >= MAX_MATCH; length -= MAX_MATCH) {
    store<u16>(at, (FIRST_MATCH - MIN_MATCH + MAX_MATCH) as u16);
    at += 2;
  }
  if (length > 0) {
    store<u16>(at, (FIRST_MATCH - MIN_MATCH + length) as u16);
    at += 2;
  }
}

/** How many bytes of a run matches cannot cover, less than MIN_MATCH. */
function unmatched(length: u32): u32 {
  const rest = length < MAX_MATCH ? length : length % MAX_MATCH;
  return rest < MIN_MATCH ? rest : 0;
}
