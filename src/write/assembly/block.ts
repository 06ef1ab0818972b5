/** Deflate blocks with dynamic Huffman codes (RFC 1951, 3.2.7) of tokens, and the Adler-32 of what they stand for. */
import { bitsEnd, MAX_PUT_BITS, packPut, put, putRepeatedly, putTokens } from './bits';
import { clearCounts, count, lengths, putEndOfBlock, setCodes, tokenPuts } from './block-codes';
import { writeBlockHeader } from './block-header';
import { grow } from './memory';
import { FIRST_MATCH, FIRST_REPEAT, MIN_MATCH, symbolsOf } from './tokens';

/** fflate 0.8.3 silently drops data of a block with more than 131,072 symbols; the end of the block is one too. */
export const MAX_BLOCK_SYMBOLS: u32 = 65535;
/** A symbol has at most 15 bits of code, 5 extra bits and 1 of distance; 512 bytes for the header. */
const MAX_BLOCK_BYTES: usize = (MAX_BLOCK_SYMBOLS * 21) / 8 + 512;
const ADLER_MODULUS: u64 = 65521;

/** A scanline that repeats the one above, in tokens; its first byte is the filter, the others are zero. */
let repeated: usize = 0;
let repeatedCount: u32 = 0;
let repeatedSymbols: u32 = 0;
let repeatedPuts: usize = 0;
let repeatedFilter: u64 = 0;
/** The filter byte included. */
let scanlineBytes: u64 = 0;
/** The literal that the next match would repeat; of one with zeros after it, a zero. */
let lastLiteral: u32 = 0;
let adlerLow: u64 = 1;
let adlerHigh: u64 = 0;

/** A stream begins. `tokens`, `count` of them, are a scanline that repeats the one above; `puts` has room for as many u32. */
export function beginBlocks(tokens: usize, count: u32, filter: u32, byteLength: u32, puts: usize): void {
  repeated = tokens;
  repeatedCount = count;
  repeatedSymbols = symbolsOf(tokens, count);
  repeatedPuts = puts;
  repeatedFilter = filter;
  scanlineBytes = byteLength;
  lastLiteral = 0;
  adlerLow = 1;
  adlerHigh = 0;
}

/** Checksum of everything since the stream began. */
export function adler32(): u32 {
  return ((adlerHigh << 16) | adlerLow) as u32;
}

/**
 * Writes a block of tokens from `start` on, all up to `end` if it may hold them, the stream's last one if it does
 * and `isLast`. Returns where the next block starts.
 */
export function writeBlock(start: usize, end: usize, isLast: bool): usize {
  const next = measure(start, end);
  const usedSymbols = setCodes();
  grow(bitsEnd() + MAX_BLOCK_BYTES);
  put(isLast && next === end ? 0b101 : 0b100, 3);
  writeBlockHeader(lengths, usedSymbols);
  writeTokens(start, next);
  putEndOfBlock();
  return next;
}

/** Counts the block's tokens and adds their bytes to the checksum; returns where the block ends. */
function measure(start: usize, end: usize): usize {
  clearCounts();
  let last = lastLiteral;
  // A block has at most 65,535 matches of 258 bytes: its sums stay below 2^57.
  let low = adlerLow;
  let high = adlerHigh;
  let scanlines: u32 = 0;
  let room: i32 = MAX_BLOCK_SYMBOLS;
  let at = start;
  while (at < end) {
    const token = load<u16>(at) as u32;
    if (token < FIRST_MATCH) {
      const length = 1 + (token >> 8);
      room -= length;
      if (room < 0) break;
      low += token & 255;
      high += low * length;
      last = token;
      count(token, 1);
    } else if (token < FIRST_REPEAT) {
      room--;
      if (room < 0) break;
      const length = (token - FIRST_MATCH + MIN_MATCH) as u64;
      const byte: u64 = last > 255 ? 0 : last;
      high += length * low + byte * ((length * (length + 1)) >> 1);
      low += length * byte;
      count(token, 1);
    } else {
      const repeats = token - FIRST_REPEAT + 1;
      room -= repeats * repeatedSymbols;
      if (room < 0) break;
      low %= ADLER_MODULUS;
      const lows = repeats * low + (repeatedFilter * repeats * (repeats + 1)) / 2;
      high = (high + scanlineBytes * (lows % ADLER_MODULUS)) % ADLER_MODULUS;
      low += repeats * repeatedFilter;
      scanlines += repeats;
      last = 0;
    }
    at += 2;
  }
  for (let index: u32 = 0; index < repeatedCount; index++) count(load<u16>(repeated + 2 * index), scanlines);
  lastLiteral = last;
  adlerLow = low % ADLER_MODULUS;
  adlerHigh = high % ADLER_MODULUS;
  return at;
}

function writeTokens(start: usize, end: usize): void {
  const puts = setRepeatedPuts();
  for (let at = start; at < end; at += 2) {
    at = putTokens(at, end, tokenPuts);
    if (at < end) putRepeatedly(repeatedPuts, puts, (load<u16>(at) as u32) - FIRST_REPEAT + 1);
  }
}

/** Joins the codes of the repeated scanline while they fit one put; returns how many puts they take. */
function setRepeatedPuts(): u32 {
  let puts: u32 = 0;
  let code: u32 = 0;
  let length: u32 = 0;
  for (let index: u32 = 0; index < repeatedCount; index++) {
    const next = load<u32>(tokenPuts + 4 * load<u16>(repeated + 2 * index));
    if (length + (next & 31) > MAX_PUT_BITS) {
      store<u32>(repeatedPuts + 4 * puts, packPut(code, length));
      puts++;
      code = 0;
      length = 0;
    }
    code |= (next >> 5) << length;
    length += next & 31;
  }
  store<u32>(repeatedPuts + 4 * puts, packPut(code, length));
  return puts + 1;
}
