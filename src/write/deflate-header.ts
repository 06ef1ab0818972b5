/** The header of a dynamic block (RFC 1951, 3.2.7): the lengths of its Huffman codes, run-length and Huffman coded. */
import type { BitWriter } from './deflate-bits.js';
import { setCodeLengths, setCodes } from './deflate-huffman.js';

const MAX_CODE_BITS = 7;
/** Order in which the lengths of the header's own code are stored. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const REPEAT = 16;
const SHORT_ZEROS = 17;
const LONG_ZEROS = 18;
const EXTRA_BITS: Readonly<Record<number, number>> = { [REPEAT]: 2, [SHORT_ZEROS]: 3, [LONG_ZEROS]: 7 };

/** Literals and lengths, then one distance. */
const sentLengths = new Uint8Array(287);
const symbols = new Uint8Array(sentLengths.length);
const extras = new Uint8Array(sentLengths.length);
const frequencies = new Uint32Array(ORDER.length);
const codeLengths = new Uint8Array(ORDER.length);
const codes = new Uint16Array(ORDER.length);

/** Writes the lengths of the first `count` literal and length symbols, and that distance 1, the only one, has 1 bit. */
export function writeBlockHeader(bits: BitWriter, lengths: Uint8Array, count: number): void {
  sentLengths.set(lengths.subarray(0, count));
  sentLengths[count] = 1;
  const symbolCount = encodeRuns(count + 1);
  setCodeLengths(frequencies, MAX_CODE_BITS, codeLengths);
  setCodes(codeLengths, codes);
  let orderCount = ORDER.length;
  while (codeLengths[ORDER[orderCount - 1]!] === 0) orderCount--;
  bits.put(count - 257, 5);
  bits.put(0, 5);
  bits.put(orderCount - 4, 4);
  for (let index = 0; index < orderCount; index++) bits.put(codeLengths[ORDER[index]!]!, 3);
  for (let index = 0; index < symbolCount; index++) {
    const symbol = symbols[index]!;
    bits.put(codes[symbol]!, codeLengths[symbol]!);
    if (symbol >= REPEAT) bits.put(extras[index]!, EXTRA_BITS[symbol]!);
  }
}

/** Run-length codes sentLengths[0, count) into `symbols` and `extras` and counts them; returns how many. */
function encodeRuns(count: number): number {
  frequencies.fill(0);
  let written = 0;
  const add = (symbol: number, extra: number): void => {
    symbols[written] = symbol;
    extras[written++] = extra;
    frequencies[symbol]!++;
  };
  for (let index = 0; index < count; ) {
    const length = sentLengths[index]!;
    let same = 1;
    while (index + same < count && sentLengths[index + same] === length) same++;
    index += same;
    if (length > 0) {
      add(length, 0);
      same--;
    }
    while (same >= 3) {
      const repeats = Math.min(same, length > 0 ? 6 : 138);
      if (length > 0) add(REPEAT, repeats - 3);
      else if (repeats <= 10) add(SHORT_ZEROS, repeats - 3);
      else add(LONG_ZEROS, repeats - 11);
      same -= repeats;
    }
    for (; same > 0; same--) add(length, 0);
  }
  return written;
}
