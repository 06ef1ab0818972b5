/** Half precision (IEEE 754 binary16), which JavaScript has no arrays of. */

/** float32 values to binary16 bits, rounded to nearest, ties to even. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!;
    const sign = (word >>> 16) & 0x8000;
    const exponent = (word >>> 23) & 0xff;
    const mantissa = word & 0x7fffff;
    if (exponent === 0xff) halves[i] = sign | 0x7c00 | (mantissa ? 0x200 : 0);
    else if (exponent > 142) halves[i] = sign | 0x7c00;
    else if (exponent > 112) halves[i] = sign | roundShift(((exponent - 112) << 23) | mantissa, 13);
    else if (exponent > 101) halves[i] = sign | roundShift(mantissa | 0x800000, 126 - exponent);
    else halves[i] = sign;
  }
  return halves;
}

/** value / 2^shift, rounded to nearest, ties to even. A carry into the exponent is what rounding up to the next power of two means. */
function roundShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const rest = value & ((1 << shift) - 1);
  const floor = value >>> shift;
  return rest > half || (rest === half && (floor & 1) === 1) ? floor + 1 : floor;
}
