/** The header of a dynamic block (RFC 1951, 3.2.7): the lengths of its Huffman codes, run-length and Huffman coded. */
import { put } from './bits';
import { setCodeLengths, setCodes } from './huffman';

const MAX_CODE_BITS: u32 = 7;
const CODE_LENGTHS: u32 = 19;
/** Order in which the lengths of the header's own code are stored. */
const ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
const REPEAT: u32 = 16;
const SHORT_ZEROS: u32 = 17;
const LONG_ZEROS: u32 = 18;

/** Of literals and lengths, then of one distance. */
const sentLengths: usize = memory.data(287);
const symbols: usize = memory.data(287);
const extras: usize = memory.data(287);
const frequencies: usize = memory.data(4 * CODE_LENGTHS);
const codeLengths: usize = memory.data(CODE_LENGTHS);
const codes: usize = memory.data(2 * CODE_LENGTHS);

let written: u32 = 0;

/** Writes the u8 lengths of the first `count` literal and length symbols, and that distance 1, the only one, has 1 bit. */
export function writeBlockHeader(lengths: usize, count: u32): void {
  memory.copy(sentLengths, lengths, count);
  store<u8>(sentLengths + count, 1);
  encodeRuns(count + 1);
  setCodeLengths(frequencies, CODE_LENGTHS, MAX_CODE_BITS, codeLengths);
  setCodes(codeLengths, CODE_LENGTHS, codes);
  let orderCount = CODE_LENGTHS;
  while (orderedLength(orderCount - 1) === 0) orderCount--;
  put(count - 257, 5);
  put(0, 5);
  put(orderCount - 4, 4);
  for (let index: u32 = 0; index < orderCount; index++) put(orderedLength(index), 3);
  for (let index: u32 = 0; index < written; index++) {
    const symbol = load<u8>(symbols + index) as u32;
    put(load<u16>(codes + 2 * symbol), load<u8>(codeLengths + symbol));
    if (symbol >= REPEAT) put(load<u8>(extras + index), symbol === REPEAT ? 2 : symbol === SHORT_ZEROS ? 3 : 7);
  }
}

function orderedLength(index: u32): u32 {
  return load<u8>(codeLengths + (load<u8>(ORDER + index) as usize));
}

/** Run-length codes the first `count` sent lengths into `symbols` and `extras`, and counts them. */
function encodeRuns(count: u32): void {
  memory.fill(frequencies, 0, 4 * CODE_LENGTHS);
  written = 0;
  let index: u32 = 0;
  while (index < count) {
    const length = load<u8>(sentLengths + index) as u32;
    let same: u32 = 1;
    while (index + same < count && (load<u8>(sentLengths + index + same) as u32) === length) same++;
    index += same;
    if (length > 0) {
      add(length, 0);
      same--;
    }
    while (same >= 3) {
      const repeats = min(same, length > 0 ? 6 : 138);
      if (length > 0) add(REPEAT, repeats - 3);
      else if (repeats <= 10) add(SHORT_ZEROS, repeats - 3);
      else add(LONG_ZEROS, repeats - 11);
      same -= repeats;
    }
    for (; same > 0; same--) add(length, 0);
  }
}

function add(symbol: u32, extra: u32): void {
  store<u8>(symbols + written, symbol as u8);
  store<u8>(extras + written, extra as u8);
  written++;
  store<u32>(frequencies + 4 * symbol, load<u32>(frequencies + 4 * symbol) + 1);
}
