import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileAssembly } from '../../scripts/compile-assembly.js';
import { instantiate } from '../../src/bytes/web-assembly.js';

/** What `assembly/index.ts` beside this file exports. */
interface Assembly {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly stream: { readonly value: number };
  openInput(byteLength: number): number;
  setCodeLengths(frequencies: number, count: number, limit: number, lengths: number): number;
  setCodes(lengths: number, count: number, codes: number): void;
  begin(byteLength: number, maxColumns: number): void;
  writeLiterals(filter: number, bytes: number, positions: number, count: number, length: number): void;
  writeRuns(filter: number, bytes: number, positions: number, count: number, length: number): void;
  repeatScanline(count: number): void;
  finish(): number;
}

const wasm = Buffer.from(await compileAssembly('test/write/assembly/index.ts'));
const assembly = instantiate<Assembly>(wasm.toString('base64'));

const bytesAt = (place: number, length: number) => new Uint8Array(assembly.memory.buffer, place, length);
const wordsAt = (place: number, length: number) => new Uint32Array(assembly.memory.buffer, place, length);

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
  const count = frequencies.length;
  const place = assembly.openInput(5 * count);
  wordsAt(place, count).set(frequencies);
  const longest = assembly.setCodeLengths(place, count, limit, place + 4 * count);
  const lengths = bytesAt(place + 4 * count, count).slice();
  expect(longest).toBe(Math.max(...lengths));
  return lengths;
}

/** Canonical codes, their first bit lowest. */
function codesOf(lengths: readonly number[]): number[] {
  const place = assembly.openInput(3 * lengths.length);
  const codes = place + 2 * Math.ceil(lengths.length / 2);
  bytesAt(place, lengths.length).set(lengths);
  assembly.setCodes(place, lengths.length, codes);
  return [...new Uint16Array(assembly.memory.buffer, codes, lengths.length)];
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
    const codes = codesOf([3, 3, 3, 3, 3, 2, 4, 4]);
    const text = ['010', '011', '100', '101', '110', '00', '1110', '1111'];
    expect(codes).toEqual(text.map((bits) => Number.parseInt([...bits].reverse().join(''), 2)));
  });
});

/** One byte after another, each with as many more bytes as it says: zeros, or in a run the same byte. */
type Cell = readonly [byte: number, more: number];

interface Scanline {
  readonly kind: 'literals' | 'runs' | 'repeat';
  readonly filter: number;
  readonly cells: readonly Cell[];
}

/** The stream of scanlines of `byteLength` bytes. */
function deflate(byteLength: number, scanlines: readonly Scanline[]): Uint8Array {
  const columns = Math.max(1, ...scanlines.map(({ cells }) => cells.length));
  const bytes = assembly.openInput(columns + 64 + 4 * columns);
  const positions = bytes + 4 * Math.ceil((columns + 64) / 4);
  assembly.begin(byteLength, columns);
  for (const { kind, filter, cells } of scanlines) {
    if (kind === 'repeat') {
      assembly.repeatScanline(1);
      continue;
    }
    bytesAt(bytes, columns + 64).fill(0);
    bytesAt(bytes, columns).set(cells.map(([byte]) => byte));
    let position = 0;
    const places = cells.map(([, more]) => {
      const place = position;
      position += 1 + more;
      return place;
    });
    wordsAt(positions, columns).set(places);
    const write = kind === 'runs' ? assembly.writeRuns : assembly.writeLiterals;
    write(filter, bytes, positions, cells.length, position);
  }
  return bytesAt(assembly.stream.value, assembly.finish()).slice();
}

/** What must come out again. */
function expand(byteLength: number, scanlines: readonly Scanline[]): Buffer {
  const all = Buffer.alloc(byteLength * scanlines.length);
  for (const [row, { kind, filter, cells }] of scanlines.entries()) {
    let at = row * byteLength;
    all[at++] = filter;
    for (const [byte, more] of cells) {
      all.fill(kind === 'runs' ? byte : 0, at, at + 1 + more);
      all[at] = byte;
      at += 1 + more;
    }
  }
  return all;
}

const repeat: Scanline = { kind: 'repeat', filter: 2, cells: [] };

describe('scanlines', () => {
  it('of literals, runs of any length and repetitions come out again', () => {
    // A byte in two is zero, and neighbours are often equal.
    const byte = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 }), fc.nat(255));
    const more = fc.oneof(fc.nat(3), fc.nat(20), fc.nat(1100));
    const cells = fc.array(fc.tuple(byte, more), { minLength: 1, maxLength: 70 });
    const kind = fc.constantFrom('literals' as const, 'runs' as const, 'repeat' as const);
    const row = fc.record({ kind, filter: fc.constantFrom(0, 1, 4), cells });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
        const lengthOf = (cells: readonly Cell[]) => cells.reduce((sum, [, more]) => sum + 1 + more, 0);
        const longest = Math.max(...rows.map(({ cells }) => lengthOf(cells)));
        // The last cell fills up a scanline that is shorter than others.
        const scanlines = rows.map(({ kind, filter, cells }): Scanline => {
          if (kind === 'repeat') return repeat;
          const [last, lastMore] = cells.at(-1)!;
          return { kind, filter, cells: [...cells.slice(0, -1), [last, lastMore + longest - lengthOf(cells)]] };
        });
        const stream = deflate(1 + longest, scanlines);
        expect(expand(1 + longest, scanlines).equals(zlib.inflateSync(stream))).toBe(true);
      }),
    );
  });

  it('keep the longest codes within 15 bits, with and without rare zeros after a byte', () => {
    for (const zeros of [0, 3]) {
      // 46,367 literals of one block whose optimal codes have up to 21 bits.
      const cells = FIBONACCI.slice(0, 22).flatMap((count, index) => new Array<Cell>(count).fill([index + 1, 0]));
      const scanlines: Scanline[] = [{ kind: 'literals', filter: 1, cells: [...cells, [1, zeros]] }];
      const byteLength = 1 + cells.length + 1 + zeros;
      expect(expand(byteLength, scanlines).equals(zlib.inflateSync(deflate(byteLength, scanlines)))).toBe(true);
    }
  });

  it('repeat where a block holds two', () => {
    const byteLength = 258 * 30_000;
    const stream = deflate(byteLength, [
      { kind: 'literals', filter: 2, cells: [[0, byteLength - 2]] },
      ...new Array<Scanline>(3).fill(repeat),
    ]);
    const bytes = zlib.inflateSync(stream);
    expect(bytes.length).toBe(4 * byteLength);
    const nonZero = [...Array(4).keys()].map((row) => row * byteLength);
    expect(bytes.reduce((count, byte) => count + (byte > 0 ? 1 : 0), 0)).toBe(4);
    expect(nonZero.map((at) => bytes[at])).toEqual([2, 2, 2, 2]);
  });

  it('make no block of more than 65,536 symbols', () => {
    const cells: Cell[] = [
      [0, 0],
      [9, 0],
    ];
    const scanlines = [
      ...Array.from({ length: 60_000 }, (_, n): Scanline => ({ kind: 'literals', filter: 1 + (n % 250), cells })),
      ...new Array<Scanline>(50_000).fill(repeat),
    ];
    const counts = symbolsOfBlocks(deflate(3, scanlines));
    expect(counts.length).toBeGreaterThan(4);
    expect(Math.max(...counts)).toBeLessThanOrEqual(65_536);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(110_000 * 3 + counts.length);
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
    const codes = codesOf(lengths);
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
