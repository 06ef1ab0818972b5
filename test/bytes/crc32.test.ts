import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/bytes/crc32.js';

describe('crc32', () => {
  it('has the published check value and values of known PNG chunks', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new TextEncoder().encode('IEND'))).toBe(0xae426082);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });

  it("equals zlib's over any range and when continued", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(300), (bytes, a, b) => {
        const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
        const expected = zlib.crc32(bytes.subarray(start, end));
        expect(crc32(bytes, start, end)).toBe(expected);
        const middle = (start + end) >> 1;
        expect(crc32(bytes, middle, end, crc32(bytes, start, middle))).toBe(expected);
      }),
    );
  });
});
