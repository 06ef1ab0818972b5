/** Bits of a deflate stream, least significant first (RFC 1951, 3.1.1), in scratch memory that only grows. */
/** Together with the bits of an unfinished byte they fill 31. */
export const MAX_PUT_BITS = 24;

/** A code and its length in one number, as `putTokens` and `putRepeatedly` take them. */
export function packPut(code: number, length: number): number {
  return (code << 5) | length;
}

export class BitWriter {
  private output = new Uint8Array(1 << 16);
  private view = new DataView(this.output.buffer);
  private byteLength = 0;
  /** The bits of the unfinished last byte, fewer than 8. */
  private bits = 0;
  private bitCount = 0;

  begin(): void {
    this.byteLength = 0;
    this.bits = 0;
    this.bitCount = 0;
  }

  /** Makes room for `byteLength` more bytes; nothing below checks. */
  reserve(byteLength: number): void {
    const needed = this.byteLength + byteLength + 8;
    if (needed <= this.output.length) return;
    const grown = new Uint8Array(2 * needed);
    grown.set(this.output.subarray(0, this.byteLength));
    this.output = grown;
    this.view = new DataView(grown.buffer);
  }

  /** The low `length` bits of `code`, 0..MAX_PUT_BITS; its other bits are zero. */
  put(code: number, length: number): void {
    this.bits |= code << this.bitCount;
    this.bitCount += length;
    this.view.setUint32(this.byteLength, this.bits, true);
    this.byteLength += this.bitCount >>> 3;
    this.bits = (this.bits >>> (this.bitCount & 24)) | 0;
    this.bitCount &= 7;
  }

  /**
   * `put` for tokens[start, end), whose codes are at the token's place in `puts`. Stops before a token that has no place
   * there; returns where.
   */
  putTokens(tokens: Uint16Array, start: number, end: number, puts: Int32Array): number {
    const { view } = this;
    const count = puts.length;
    let { bits, bitCount, byteLength } = this;
    let index = start;
    for (; index < end; index++) {
      const token = tokens[index]!;
      if (token >= count) break;
      // Whole bytes leave at every step: a branch here would be mispredicted every third time.
      const put = puts[token]!;
      bits |= (put >>> 5) << bitCount;
      bitCount += put & 31;
      view.setUint32(byteLength, bits, true);
      byteLength += bitCount >>> 3;
      bits = (bits >>> (bitCount & 24)) | 0;
      bitCount &= 7;
    }
    this.bits = bits;
    this.bitCount = bitCount;
    this.byteLength = byteLength;
    return index;
  }

  /** `put` for the first `count` of `puts`, `times` times. */
  putRepeatedly(puts: Int32Array, count: number, times: number): void {
    const { view } = this;
    let { bits, bitCount, byteLength } = this;
    for (let n = 0; n < times; n++) {
      for (let index = 0; index < count; index++) {
        const put = puts[index]!;
        bits |= (put >>> 5) << bitCount;
        bitCount += put & 31;
        view.setUint32(byteLength, bits, true);
        byteLength += bitCount >>> 3;
        bits = (bits >>> (bitCount & 24)) | 0;
        bitCount &= 7;
      }
    }
    this.bits = bits;
    this.bitCount = bitCount;
    this.byteLength = byteLength;
  }

  /** Fills up the last byte, adds a big-endian 32-bit integer and returns a view of everything since `begin`. */
  finish(trailer: number): Uint8Array {
    if (this.bitCount > 0) this.byteLength++;
    this.view.setUint32(this.byteLength, trailer);
    return this.output.subarray(0, this.byteLength + 4);
  }
}
