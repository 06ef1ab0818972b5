/**
 * Huffman codes for deflate (RFC 1951, section 3.2.2): code lengths from frequencies, then the canonical codes.
 * Lengths are optimal (Moffat and Katajainen, "In-Place Calculation of Minimum-Redundancy Codes", 1995) unless the
 * format's limit cuts them; then the complete code nearest to them is taken, a few bits from optimal.
 */

/** Room for the largest alphabet of deflate, 288 symbols. */
const keys = new Uint32Array(288);
const depths = new Uint32Array(288);
const lengthCounts = new Uint32Array(33);

/**
 * Sets `lengths[symbol]` for every symbol of `frequencies`; 0 means unused, else 1..limit. A lone used symbol gets
 * length 1, none leaves all zero. Returns the greatest length. At most 288 symbols, each less often than 2^22 times.
 */
export function setCodeLengths(frequencies: Uint32Array, limit: number, lengths: Uint8Array): number {
  lengths.fill(0, 0, frequencies.length);
  let used = 0;
  for (let symbol = 0; symbol < frequencies.length; symbol++) {
    const frequency = frequencies[symbol]!;
    if (frequency > 0) keys[used++] = frequency * 512 + symbol;
  }
  if (used < 2) {
    if (used === 1) lengths[keys[0]! & 511] = 1;
    return used;
  }
  keys.subarray(0, used).sort();
  for (let rank = 0; rank < used; rank++) depths[rank] = keys[rank]! >>> 9;
  setDepths(used);
  countLengths(used, limit);
  // The rarest symbols take the longest codes.
  let rank = 0;
  for (let length = limit; length > 0; length--) {
    for (let n = lengthCounts[length]!; n > 0; n--) lengths[keys[rank++]! & 511] = length;
  }
  return lengths[keys[0]! & 511]!;
}

/** Turns ascending frequencies in depths[0, used) into descending depths of the optimal tree, in place. */
function setDepths(used: number): void {
  let leaf = 0;
  let root = 0;
  for (let next = 0; next < used - 1; next++) {
    let sum = 0;
    for (let child = 0; child < 2; child++) {
      if (leaf >= used || (root < next && depths[root]! < depths[leaf]!)) {
        sum += depths[root]!;
        depths[root++] = next;
      } else {
        sum += depths[leaf++]!;
      }
    }
    depths[next] = sum;
  }
  // Parent links of the inner nodes become their depths.
  depths[used - 2] = 0;
  for (let node = used - 3; node >= 0; node--) depths[node] = depths[depths[node]!]! + 1;
  // What the inner nodes of a depth leave free are leaves.
  let available = 1;
  let depth = 0;
  let node = used - 2;
  let rank = used - 1;
  while (available > 0) {
    let inner = 0;
    while (node >= 0 && depths[node] === depth) {
      inner++;
      node--;
    }
    for (; available > inner; available--) depths[rank--] = depth;
    available = 2 * inner;
    depth++;
  }
}

/** Counts codes by length; where the limit shortened some, lengthens others until the code is complete again. */
function countLengths(used: number, limit: number): void {
  lengthCounts.fill(0);
  let excess = -(1 << limit);
  for (let rank = 0; rank < used; rank++) {
    const length = Math.min(depths[rank]!, limit);
    lengthCounts[length]!++;
    excess += 1 << (limit - length);
  }
  // Each step gives a leaf at the limit a shorter leaf's place as a sibling, which frees one unit of code space.
  for (; excess > 0; excess--) {
    let length = limit - 1;
    while (lengthCounts[length] === 0) length--;
    lengthCounts[length]!--;
    lengthCounts[length + 1]! += 2;
    lengthCounts[limit]!--;
  }
}

/** Sets the canonical codes of `lengths`, bit-reversed: deflate packs codes from their most significant bit on. */
export function setCodes(lengths: Uint8Array, codes: Uint16Array): void {
  lengthCounts.fill(0);
  for (let symbol = 0; symbol < lengths.length; symbol++) lengthCounts[lengths[symbol]!]!++;
  lengthCounts[0] = 0;
  const next = depths;
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    code = (code + lengthCounts[length - 1]!) << 1;
    next[length] = code;
  }
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length > 0) codes[symbol] = reverseBits(next[length]!++, length);
  }
}

function reverseBits(code: number, length: number): number {
  let bits = ((code & 0x5555) << 1) | ((code >>> 1) & 0x5555);
  bits = ((bits & 0x3333) << 2) | ((bits >>> 2) & 0x3333);
  bits = ((bits & 0x0f0f) << 4) | ((bits >>> 4) & 0x0f0f);
  bits = ((bits & 0x00ff) << 8) | (bits >>> 8);
  return bits >>> (16 - length);
}
