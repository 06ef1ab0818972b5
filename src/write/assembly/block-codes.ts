/** A block's Huffman codes: from how often each token occurs to the bits that stand for it. */
import { MAX_PUT_BITS, packPut, put } from './bits';
import { setCodes as setCanonicalCodes, setCodeLengths } from './huffman';
import { FIRST_MATCH, FIRST_REPEAT, MAX_ZEROS, matchExtra, matchExtraBits, matchSymbol } from './tokens';

const END_OF_BLOCK: u32 = 256;
const SYMBOLS: u32 = 286;
const MAX_CODE_BITS: u32 = 15;

/** u32 by token. */
const tokenFrequencies: usize = memory.data(4 * FIRST_REPEAT);
/** For `putTokens`, u32 by token. */
export const tokenPuts: usize = memory.data(4 * FIRST_REPEAT);
/** u32, u8 and u16 by symbol. */
const frequencies: usize = memory.data(4 * SYMBOLS);
export const lengths: usize = memory.data(SYMBOLS);
const codes: usize = memory.data(2 * SYMBOLS);

export function clearCounts(): void {
  memory.fill(tokenFrequencies, 0, 4 * FIRST_REPEAT);
}

export function count(token: u32, times: u32): void {
  const place = tokenFrequencies + 4 * token;
  store<u32>(place, load<u32>(place) + times);
}

/** Makes the block's codes of the counted tokens; returns how many symbols its header must list. */
export function setCodes(): u32 {
  const used = setLengths();
  setCanonicalCodes(lengths, used, codes);
  setTokenPuts();
  return used;
}

export function putEndOfBlock(): void {
  put(load<u16>(codes + 2 * END_OF_BLOCK), load<u8>(lengths + END_OF_BLOCK));
}

/** Returns how many literal and length symbols there are up to the last that is used. */
function setLengths(): u32 {
  memory.fill(frequencies, 0, 4 * SYMBOLS);
  let mostZeros: u32 = 0;
  let zeros: u32 = 0;
  for (let byte: u32 = 0; byte < 256; byte++) {
    const place = tokenFrequencies + 4 * byte;
    const one = load<u32>(place, 1024);
    const two = load<u32>(place, 2048);
    const three = load<u32>(place, 3072);
    store<u32>(frequencies + 4 * byte, load<u32>(place) + one + two + three);
    zeros += one + 2 * two + 3 * three;
    mostZeros = max(mostZeros, three > 0 ? 3 : two > 0 ? 2 : ((one > 0) as u32));
  }
  store<u32>(frequencies, load<u32>(frequencies) + zeros);
  store<u32>(frequencies + 4 * END_OF_BLOCK, 1);
  let used = END_OF_BLOCK + 1;
  for (let n: u32 = 0; n < 256; n++) {
    const frequency = load<u32>(tokenFrequencies + 4 * (FIRST_MATCH + n));
    if (frequency === 0) continue;
    const symbol = matchSymbol(n);
    store<u32>(frequencies + 4 * symbol, load<u32>(frequencies + 4 * symbol) + frequency);
    used = symbol + 1;
  }
  // The longest token must fit one put: where zeros are rare they get a shorter code than their share.
  for (;;) {
    const longest = setCodeLengths(frequencies, SYMBOLS, MAX_CODE_BITS, lengths);
    if (longest + mostZeros * load<u8>(lengths) <= MAX_PUT_BITS) break;
    store<u32>(frequencies, 2 * load<u32>(frequencies));
  }
  return used;
}

function setTokenPuts(): void {
  const zeroCode = load<u16>(codes) as u32;
  const zeroLength = load<u8>(lengths) as u32;
  for (let byte: u32 = 0; byte < 256; byte++) {
    let length = load<u8>(lengths + byte) as u32;
    if (length === 0) continue;
    let code = load<u16>(codes + 2 * byte) as u32;
    for (let zeros: u32 = 0; zeros <= MAX_ZEROS; zeros++) {
      store<u32>(tokenPuts + 4 * (byte + 256 * zeros), packPut(code, length));
      code |= zeroCode << length;
      length += zeroLength;
    }
  }
  for (let n: u32 = 0; n < 256; n++) {
    if (load<u32>(tokenFrequencies + 4 * (FIRST_MATCH + n)) === 0) continue;
    const symbol = matchSymbol(n);
    const length = load<u8>(lengths + symbol) as u32;
    const code = (load<u16>(codes + 2 * symbol) as u32) | (matchExtra(n) << length);
    // The only distance has the code 0, one bit.
    store<u32>(tokenPuts + 4 * (FIRST_MATCH + n), packPut(code, length + matchExtraBits(n) + 1));
  }
}
