import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setCodeLengths, setCodes } from '../../src/write/deflate-huffman.js';
import { ScanlineDeflater } from '../../src/write/deflate-scanlines.js';

/** Total bits of an optimal prefix code: twice-lightest merging, the textbook way. */
function huffmanCost(frequencies: readonly number[]): number {
  const weights = frequencies.filter((frequency) => frequency > 0);
  let cost = 0;
  while (weights.length > 1) {
    weights.sort((a, b) => b - a);
    const sum = weights.pop()! + weights.pop()!;
    cost += sum;
    weights.push(sum);
  }
  return cost;
}

function lengthsOf(frequencies: readonly number[], limit: number): Uint8Array {
  const lengths = new Uint8Array(frequencies.length);
  const longest = setCodeLengths(Uint32Array.from(frequencies), limit, lengths);
  expect(longest).toBe(Math.max(...lengths));
  return lengths;
}

const kraft = (lengths: Uint8Array): number => lengths.reduce((sum, n) => sum + (n > 0 ? 2 ** -n : 0), 0);

const FIBONACCI = [1, 1];
while (FIBONACCI.length < 24) FIBONACCI.push(FIBONACCI.at(-1)! + FIBONACCI.at(-2)!);

describe('setCodeLengths', () => {
  it('is complete and optimal where the limit allows', () => {
    const frequencies = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 286 });
    fc.assert(
      fc.property(frequencies, (values) => {
        fc.pre(values.filter((value) => value > 0).length > 1);
        const lengths = lengthsOf(values, 15);
        expect(kraft(lengths)).toBe(1);
        if (Math.max(...lengths) === 15) return;
        expect(values.reduce((sum, value, symbol) => sum + value * lengths[symbol]!, 0)).toBe(huffmanCost(values));
        for (const [symbol, value] of values.entries()) expect(lengths[symbol]! > 0).toBe(value > 0);
      }),
    );
  });

  it('keeps the limit, stays complete and gives the rare symbols the long codes', () => {
    for (const limit of [5, 7, 15]) {
      const lengths = lengthsOf(FIBONACCI, limit);
      expect(Math.max(...lengths)).toBe(limit);
      expect(kraft(lengths)).toBe(1);
      expect([...lengths]).toEqual([...lengths].sort((a, b) => b - a));
    }
  });

  it('gives a lone symbol one bit and none nothing', () => {
    expect([...lengthsOf([0, 9, 0], 15)]).toEqual([0, 1, 0]);
    expect([...lengthsOf([0, 0, 0], 15)]).toEqual([0, 0, 0]);
  });
});

describe('setCodes', () => {
  it('gives the codes of the example of RFC 1951, 3.2.2, with their bits reversed', () => {
    const codes = new Uint16Array(8);
    setCodes(Uint8Array.of(3, 3, 3, 3, 3, 2, 4, 4), codes);
    const text = ['010', '011', '100', '101', '110', '00', '1110', '1111'];
    expect([...codes]).toEqual(text.map((bits) => Number.parseInt([...bits].reverse().join(''), 2)));
  });
});

describe('ScanlineDeflater', () => {
  const deflater = new ScanlineDeflater();

  function inflate(stream: Uint8Array): Uint8Array {
    return zlib.inflateSync(stream);
  }

  it('writes literals, runs of any length and repeated scanlines', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('literal'), byte: fc.nat(255), length: fc.nat(1100) }),
      fc.record({ kind: fc.constant('run'), byte: fc.nat(255), length: fc.integer({ min: 1, max: 1100 }) }),
      fc.record({ kind: fc.constant('repeat'), byte: fc.constant(2), length: fc.nat(40) }),
    );
    // A stream holds at least one byte: a picture has no fewer.
    const steps = fc.array(step).filter((all) => all.some(({ kind, length }) => kind !== 'repeat' || length > 0));
    const input = fc.record({ scanline: fc.integer({ min: 2, max: 1200 }), steps });
    fc.assert(
      fc.property(input, ({ scanline, steps }) => {
        const expected: number[] = [];
        const zeros = (count: number) => Array.from({ length: count }, () => 0);
        deflater.begin(scanline);
        for (const { kind, byte, length } of steps) {
          if (kind === 'literal') {
            deflater.literal(byte, length);
            expected.push(byte, ...zeros(length));
          } else if (kind === 'run') {
            deflater.run(byte, length);
            for (let n = 0; n < length; n++) expected.push(byte);
          } else {
            deflater.repeatScanline(length);
            for (let n = 0; n < length; n++) expected.push(2, ...zeros(scanline - 1));
          }
        }
        expect(Buffer.from(expected).equals(inflate(deflater.finish()))).toBe(true);
      }),
    );
  });

  it('keeps the longest codes within 15 bits, with and without rare zeros after a byte', () => {
    for (const zeros of [0, 3]) {
      const bytes: number[] = [];
      // 46,367 literals of one block whose optimal codes have up to 21 bits.
      for (const [index, count] of FIBONACCI.slice(0, 22).entries()) {
        for (let n = 0; n < count; n++) bytes.push(index + 1);
      }
      deflater.begin(10);
      for (const byte of bytes) deflater.literal(byte, 0);
      deflater.literal(1, zeros);
      const expected = Buffer.from([...bytes, 1, ...new Array(zeros).fill(0)]);
      expect(expected.equals(inflate(deflater.finish()))).toBe(true);
    }
  });

  it('repeats scanlines of which a block holds two', () => {
    const byteLength = 258 * 30_000;
    deflater.begin(byteLength);
    deflater.literal(2, byteLength - 1);
    deflater.repeatScanline(3);
    const bytes = inflate(deflater.finish());
    expect(bytes.length).toBe(4 * byteLength);
    const nonZero = [...Array(4).keys()].map((row) => row * byteLength);
    expect(bytes.reduce((count, byte) => count + (byte > 0 ? 1 : 0), 0)).toBe(4);
    expect(nonZero.map((at) => bytes[at])).toEqual([2, 2, 2, 2]);
  });

  it('has no block of more than 65,536 symbols', () => {
    deflater.begin(3);
    for (let n = 0; n < 150_000; n++) deflater.literal(1 + (n % 250), n % 3);
    deflater.repeatScanline(50_000);
    const counts = symbolsOfBlocks(deflater.finish());
    expect(counts.length).toBeGreaterThan(4);
    expect(Math.max(...counts)).toBeLessThanOrEqual(65_536);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(150_000 * 2 + 50_000 * 3 + counts.length);
  });
});

/** Literals, matches and ends of every block of a zlib stream of dynamic blocks, by walking its bits. */
function symbolsOfBlocks(stream: Uint8Array): number[] {
  let at = 16;
  const bits = (count: number): number => {
    let value = 0;
    for (let n = 0; n < count; n++, at++) value |= ((stream[at >> 3]! >> (at & 7)) & 1) << n;
    return value;
  };
  const reader = (lengths: number[]): (() => number) => {
    const codes = new Uint16Array(lengths.length);
    setCodes(Uint8Array.from(lengths), codes);
    const symbols = new Map(lengths.flatMap((n, symbol) => (n > 0 ? [[n * 65536 + codes[symbol]!, symbol]] : [])));
    return () => {
      let code = 0;
      for (let length = 1; length <= 15; length++) {
        code |= bits(1) << (length - 1);
        const symbol = symbols.get(length * 65536 + code);
        if (symbol !== undefined) return symbol;
      }
      throw new Error('no such code');
    };
  };
  const counts: number[] = [];
  for (let isLast = false; !isLast; ) {
    isLast = bits(1) === 1;
    expect(bits(2)).toBe(2);
    const total = 257 + bits(5) + 1 + bits(5);
    const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    const headerLengths = new Array(19).fill(0);
    const headerCount = 4 + bits(4);
    for (const symbol of order.slice(0, headerCount)) headerLengths[symbol] = bits(3);
    const readLength = reader(headerLengths);
    const lengths: number[] = [];
    while (lengths.length < total) {
      const symbol = readLength();
      if (symbol < 16) lengths.push(symbol);
      else if (symbol === 16) lengths.push(...new Array(3 + bits(2)).fill(lengths.at(-1)));
      else lengths.push(...new Array(symbol === 17 ? 3 + bits(3) : 11 + bits(7)).fill(0));
    }
    const readSymbol = reader(lengths.slice(0, -1));
    let count = 1;
    for (let symbol = readSymbol(); symbol !== 256; symbol = readSymbol()) {
      count++;
      if (symbol > 256) bits((symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2) + 1);
    }
    counts.push(count);
  }
  return counts;
}
