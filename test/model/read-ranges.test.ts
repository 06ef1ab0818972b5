import { expect, it } from 'vitest';
import { type ByteRange, readRanges } from '../../src/model/read-ranges.js';
import { strictSource } from './strict-source.js';

const BYTES = Uint8Array.from({ length: 9_000_001 }, (_, index) => (index * 7 + (index >> 8)) & 255);

async function check(ranges: readonly ByteRange[], reads: number) {
  const source = strictSource(BYTES, 'memory');
  const found = await readRanges(source, ranges);
  for (const [index, { start, end }] of ranges.entries()) {
    expect(Buffer.compare(found[index]!, BYTES.subarray(start, end))).toBe(0);
  }
  expect(found).toHaveLength(ranges.length);
  expect(source.reads).toBe(reads);
}

it('reads neighbours together and gives them in the order asked for', async () => {
  await check(
    [
      { start: 70, end: 91 },
      { start: 0, end: 5 },
      { start: 5, end: 9 },
      { start: 65_627, end: 65_630 },
    ],
    1,
  );
});

it('reads far ranges apart', async () => {
  await check(
    [
      { start: 0, end: 5 },
      { start: 65_542, end: 65_550 },
      { start: 9_000_000, end: 9_000_001 },
    ],
    3,
  );
});

it('reads a range inside another once', async () => {
  await check(
    [
      { start: 0, end: 9_000_000 },
      { start: 8_000_000, end: 8_000_003 },
      { start: 12, end: 12 },
    ],
    1,
  );
});

it('keeps a merged read small', async () => {
  await check(
    [
      { start: 0, end: 4_000_000 },
      { start: 4_000_000, end: 4_000_100 },
      { start: 4_000_100, end: 8_000_000 },
    ],
    2,
  );
});

it('reads nothing for no ranges', async () => {
  await check([], 0);
});
