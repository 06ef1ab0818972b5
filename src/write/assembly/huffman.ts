/**
 * Huffman codes for deflate (RFC 1951, section 3.2.2): code lengths from frequencies, then the canonical codes.
 * Lengths are optimal (Moffat and Katajainen, "In-Place Calculation of Minimum-Redundancy Codes", 1995) unless the
 * format's limit cuts them; then the complete code nearest to them is taken, a few bits from optimal.
 */

/** The largest alphabet of deflate. */
const SYMBOLS: u32 = 288;
const SYMBOL_BITS: u32 = 9;
const SYMBOL_MASK: u32 = 511;
const RADIX_BITS: u32 = 8;

/** Frequency << SYMBOL_BITS | symbol. */
const keys: usize = memory.data(4 * SYMBOLS);
const otherKeys: usize = memory.data(4 * SYMBOLS);
const depths: usize = memory.data(4 * SYMBOLS);
const lengthCounts: usize = memory.data(4 * 16);
const radixCounts: usize = memory.data(4 << 8);
const nextCodes: usize = memory.data(4 * 16);

/**
 * Sets the u8 `lengths` of `count` symbols from their u32 `frequencies`; 0 means unused, else 1..limit. A lone used symbol gets
 * length 1, none leaves all zero. Returns the greatest length. At most SYMBOLS symbols, each less often than 2^22 times.
 */
export function setCodeLengths(frequencies: usize, count: u32, limit: u32, lengths: usize): u32 {
  memory.fill(lengths, 0, count);
  let used: u32 = 0;
  let greatest: u32 = 0;
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const frequency = load<u32>(frequencies + 4 * symbol);
    store<u32>(keys + 4 * used, (frequency << SYMBOL_BITS) | symbol);
    used += (frequency > 0) as u32;
    greatest = max(greatest, frequency);
  }
  if (used < 2) {
    if (used === 1) store<u8>(lengths + (load<u32>(keys) & SYMBOL_MASK), 1);
    return used;
  }
  const sorted = sortKeys(used, greatest);
  for (let rank: u32 = 0; rank < used; rank++) {
    store<u32>(depths + 4 * rank, load<u32>(sorted + 4 * rank) >> SYMBOL_BITS);
  }
  setDepths(used);
  countLengths(used, limit);
  // The rarest symbols take the longest codes.
  let key = sorted;
  for (let length = limit; length > 0; length--) {
    for (let n = load<u32>(lengthCounts + 4 * length); n > 0; n--) {
      store<u8>(lengths + (load<u32>(key) & SYMBOL_MASK), length as u8);
      key += 4;
    }
  }
  return load<u8>(lengths + (load<u32>(sorted) & SYMBOL_MASK));
}

/** Sorts by frequency, by symbol where that is equal, digit by digit; returns where the sorted keys are. */
function sortKeys(used: u32, greatest: u32): usize {
  let source = keys;
  let target = otherKeys;
  for (let shift = SYMBOL_BITS; greatest > 0; shift += RADIX_BITS) {
    memory.fill(radixCounts, 0, 4 << RADIX_BITS);
    for (let rank: u32 = 0; rank < used; rank++) {
      const place = radixCounts + 4 * ((load<u32>(source + 4 * rank) >> shift) & 255);
      store<u32>(place, load<u32>(place) + 1);
    }
    let start: u32 = 0;
    for (let digit: u32 = 0; digit < 256; digit++) {
      const counted = load<u32>(radixCounts + 4 * digit);
      store<u32>(radixCounts + 4 * digit, start);
      start += counted;
    }
    for (let rank: u32 = 0; rank < used; rank++) {
      const key = load<u32>(source + 4 * rank);
      const place = radixCounts + 4 * ((key >> shift) & 255);
      const at = load<u32>(place);
      store<u32>(target + 4 * at, key);
      store<u32>(place, at + 1);
    }
    const sorted = target;
    target = source;
    source = sorted;
    greatest >>= RADIX_BITS;
  }
  return source;
}

/** Turns ascending frequencies in the first `used` depths into descending depths of the optimal tree, in place. */
function setDepths(used: u32): void {
  let leaf: u32 = 0;
  let root: u32 = 0;
  for (let next: u32 = 0; next < used - 1; next++) {
    let sum: u32 = 0;
    for (let child = 0; child < 2; child++) {
      const rootAt = depths + 4 * root;
      const leafAt = depths + 4 * leaf;
      if (leaf >= used || (root < next && load<u32>(rootAt) < load<u32>(leafAt))) {
        sum += load<u32>(rootAt);
        store<u32>(rootAt, next);
        root++;
      } else {
        sum += load<u32>(leafAt);
        leaf++;
      }
    }
    store<u32>(depths + 4 * next, sum);
  }
  // Parent links of the inner nodes become their depths.
  let node: i32 = used - 2;
  store<u32>(depths + 4 * node, 0);
  for (node--; node >= 0; node--) {
    const parent = load<u32>(depths + 4 * node);
    store<u32>(depths + 4 * node, load<u32>(depths + 4 * parent) + 1);
  }
  // What the inner nodes of a depth leave free are leaves.
  let available: u32 = 1;
  let depth: u32 = 0;
  node = used - 2;
  let rank: i32 = used - 1;
  while (available > 0) {
    let inner: u32 = 0;
    while (node >= 0 && load<u32>(depths + 4 * node) === depth) {
      inner++;
      node--;
    }
    for (; available > inner; available--) {
      store<u32>(depths + 4 * rank, depth);
      rank--;
    }
    available = 2 * inner;
    depth++;
  }
}

/** Counts codes by length; where the limit shortened some, lengthens others until the code is complete again. */
function countLengths(used: u32, limit: u32): void {
  memory.fill(lengthCounts, 0, 4 * 16);
  let excess: i32 = -(1 << limit);
  for (let rank: u32 = 0; rank < used; rank++) {
    const length = min(load<u32>(depths + 4 * rank), limit);
    addTo(lengthCounts + 4 * length, 1);
    excess += 1 << (limit - length);
  }
  // Each step gives a leaf at the limit a shorter leaf's place as a sibling, which frees one unit of code space.
  for (; excess > 0; excess--) {
    let length = limit - 1;
    while (load<u32>(lengthCounts + 4 * length) === 0) length--;
    addTo(lengthCounts + 4 * length, -1);
    addTo(lengthCounts + 4 * (length + 1), 2);
    addTo(lengthCounts + 4 * limit, -1);
  }
}

function addTo(place: usize, amount: i32): void {
  store<u32>(place, load<u32>(place) + amount);
}

/** Sets the u16 canonical codes of `count` u8 lengths, bit-reversed: deflate packs codes from their most significant bit on. */
export function setCodes(lengths: usize, count: u32, codes: usize): void {
  memory.fill(lengthCounts, 0, 4 * 16);
  for (let symbol: u32 = 0; symbol < count; symbol++) addTo(lengthCounts + 4 * load<u8>(lengths + symbol), 1);
  store<u32>(lengthCounts, 0);
  let code: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    code = (code + load<u32>(lengthCounts + 4 * (length - 1))) << 1;
    store<u32>(nextCodes + 4 * length, code);
  }
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = load<u8>(lengths + symbol) as u32;
    if (length === 0) continue;
    const next = load<u32>(nextCodes + 4 * length);
    store<u32>(nextCodes + 4 * length, next + 1);
    store<u16>(codes + 2 * symbol, reverseBits(next, length) as u16);
  }
}

function reverseBits(code: u32, length: u32): u32 {
  let bits = ((code & 0x5555) << 1) | ((code >> 1) & 0x5555);
  bits = ((bits & 0x3333) << 2) | ((bits >> 2) & 0x3333);
  bits = ((bits & 0x0f0f) << 4) | ((bits >> 4) & 0x0f0f);
  bits = ((bits & 0x00ff) << 8) | (bits >> 8);
  return bits >> (16 - length);
}
