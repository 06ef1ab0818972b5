import zlib from 'node:zlib';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/map/frame.js';
import { createPngEncoder } from '../../src/write/png.js';
import { type BandShape, expandFrame, makeFrame, randomIntegers } from './png-reference.js';

const encode = createPngEncoder();

function chunksOf(png: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < png.byteLength; ) {
    const length = view.getUint32(at);
    chunks.set(String.fromCharCode(...png.subarray(at + 4, at + 8)), png.subarray(at + 8, at + 8 + length));
    expect(view.getUint32(at + 8 + length)).toBe(zlib.crc32(png.subarray(at + 4, at + 8 + length)));
    at += 12 + length;
  }
  return chunks;
}

/** Inflates IDAT, which must be one zlib stream to its last byte and as long as the scanlines. */
function inflateIdat(png: Uint8Array, frame: Frame): Uint8Array {
  const chunks = chunksOf(png);
  const stream = chunks.get('IDAT')!;
  const { buffer, engine } = zlib.inflateSync(stream, { info: true } as zlib.ZlibOptions) as unknown as {
    buffer: Uint8Array;
    engine: { bytesWritten: number };
  };
  expect(engine.bytesWritten).toBe(stream.length);
  expect(buffer.length).toBe(frame.height * (1 + frame.width * (chunks.has('PLTE') ? 1 : 3)));
  return buffer;
}

function decodeWithPngjs(png: Uint8Array): Uint8Array {
  const { data } = PNG.sync.read(Buffer.from(png));
  return data.filter((_, index) => index % 4 < 3);
}

async function expectDecodes(frame: Frame): Promise<Uint8Array> {
  const png = encode(frame);
  const expected = Buffer.from(expandFrame(frame));
  inflateIdat(png, frame);
  expect(expected.equals(decodeWithPngjs(png))).toBe(true);
  const { data, info } = await sharp(png).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([frame.width, frame.height, 3]);
  expect(expected.equals(data)).toBe(true);
  return png;
}

const shape = (rows: number, columns: number, height: number): BandShape => ({ rows, columns, height });

describe('createPngEncoder', () => {
  const frames: Readonly<Record<string, readonly [width: number, shapes: readonly BandShape[], colours: number]>> = {
    'one pixel': [1, [shape(1, 1, 1)], 2],
    'one row of pixels': [57, [shape(1, 57, 1)], 256],
    'one column of pixels': [1, [shape(43, 1, 43)], 256],
    'one cell': [300, [shape(1, 1, 200)], 7],
    '7x7 cells, uneven': [400, [shape(7, 7, 300)], 256],
    '5x9 cells, uneven, true colour': [211, [shape(5, 9, 97)], 300],
    'cells of 3 and 4 pixels': [512, [shape(90, 150, 301)], 256],
    'cells of one pixel': [131, [shape(67, 131, 67)], 256],
    'cells of one pixel, true colour': [131, [shape(67, 131, 67)], 257],
    'runs that end with a match and 0, 1, 2 bytes': [258 * 3 + 2 + 4, [shape(4, 3, 9)], 9],
    'a band of wide cells over one of pixels': [120, [shape(4, 6, 50), shape(13, 120, 13)], 256],
    'a band of pixels over one of wide cells, true colour': [120, [shape(13, 120, 13), shape(4, 6, 50)], 400],
    'a row longer than the deflate window': [70_001, [shape(2, 9, 3)], 256],
    'a true-colour row longer than the deflate window': [12_345, [shape(3, 500, 4)], 600],
    'more literals than a block holds': [400, [shape(300, 400, 300)], 256],
    'more true-colour literals than a block holds': [300, [shape(200, 300, 200)], 1000],
    'more repeated rows than a block holds': [2, [shape(3, 2, 40_000)], 4],
  };

  for (const [name, [width, shapes, colours]] of Object.entries(frames)) {
    it(`draws ${name} as two other decoders read it`, async () => {
      const random = randomIntegers(width);
      await expectDecodes(makeFrame(width, shapes, colours, () => random(colours)));
    });
  }

  it('draws smooth content and repeated rows of cells', async () => {
    const smooth = makeFrame(400, [shape(150, 130, 350)], 256, (cell) =>
      Math.floor(128 + 60 * Math.sin(cell / 130 / 9) + 60 * Math.cos((cell % 130) / 7)),
    );
    await expectDecodes(smooth);
    for (const columns of [10, 130]) {
      await expectDecodes(makeFrame(400, [shape(40, columns, 350)], 256, (cell) => (cell % columns) * 1.9));
    }
  });

  it('draws any frame', async () => {
    const side = fc.integer({ min: 1, max: 40 });
    const bandShape = fc.record({ rows: side, columns: side, height: side });
    const arbitrary = fc
      .record({
        width: fc.integer({ min: 40, max: 400 }),
        shapes: fc.array(bandShape, { minLength: 1, maxLength: 3 }),
        colours: fc.constantFrom(1, 2, 5, 255, 256, 257, 700),
        spread: fc.constantFrom(1, 3, 1000),
        seed: fc.nat(),
      })
      .map(({ width, shapes, colours, spread, seed }) => {
        const random = randomIntegers(seed);
        const fitting = shapes.map((s) => ({ ...s, rows: Math.min(s.rows, s.height) }));
        return makeFrame(width, fitting, colours, () => random(Math.min(colours, spread)));
      });
    await fc.assert(
      fc.asyncProperty(arbitrary, async (frame) => {
        await expectDecodes(frame);
      }),
      { numRuns: 60 },
    );
  });

  it('writes only the used colours, in the order of the palette', () => {
    const frame = makeFrame(60, [shape(2, 3, 20)], 256, (cell) => [200, 3, 17, 3, 200, 3][cell]!);
    const chunks = chunksOf(encode(frame));
    expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    expect([...chunks.get('PLTE')!]).toEqual(
      [3, 17, 200].flatMap((n) => [...frame.palette.subarray(3 * n, 3 * n + 3)]),
    );
    expect([...chunks.get('IHDR')!]).toEqual([0, 0, 0, 60, 0, 0, 0, 20, 8, 3, 0, 0, 0]);
  });

  it('is true colour from 257 colours on', () => {
    const chunks = chunksOf(encode(makeFrame(300, [shape(2, 3, 20)], 257, (cell) => cell)));
    expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect([...chunks.get('IHDR')!]).toEqual([0, 0, 1, 44, 0, 0, 0, 20, 8, 2, 0, 0, 0]);
  });

  it('gives the same bytes again, in an array of its own', () => {
    const random = randomIntegers(5);
    const first = makeFrame(211, [shape(30, 41, 100)], 256, () => random(256));
    const other = makeFrame(500, [shape(200, 500, 200)], 300, () => random(300));
    const bytes = encode(first);
    const copy = bytes.slice();
    encode(other);
    expect(bytes).toEqual(copy);
    expect(bytes.byteLength).toBe(bytes.buffer.byteLength);
    expect(encode(first)).toEqual(copy);
    expect(createPngEncoder()(first)).toEqual(copy);
  });

  it('costs by cells: far smaller than the best zlib finds for the same pixels unfiltered', () => {
    const random = randomIntegers(1);
    const frame = makeFrame(512, [shape(7, 7, 512)], 256, () => random(256));
    const rows = expandFrame({ ...frame, palette: Uint8Array.from({ length: 768 }, (_, n) => n / 3) });
    const indices = rows.filter((_, at) => at % 3 === 0);
    expect(chunksOf(encode(frame)).get('IDAT')!.length).toBeLessThan(zlib.deflateSync(indices, { level: 9 }).length);
  });
});

describe('a frame that contradicts itself', () => {
  const good = makeFrame(60, [shape(2, 3, 20)], 4, (cell) => cell % 4);
  const band = good.bands[0]!;
  const bad: Readonly<Record<string, Frame>> = {
    'palette index 4 of 4 colours': { ...good, bands: [{ ...band, cells: Uint8Array.of(0, 1, 2, 3, 4, 0) }] },
    'a palette of 11 bytes': { ...good, palette: good.palette.subarray(1) },
    'a palette of 0 bytes': { ...good, palette: new Uint8Array(0) },
    'a band of 2x3 with 5 cells': { ...good, bands: [{ ...band, cells: new Uint8Array(5) }] },
    'columns of 60 pixels in a frame 61 wide': { ...good, width: 61 },
    'bands of 20 pixels in a frame 21 high': { ...good, height: 21 },
    'a frame of 0x0': { width: 0, height: 0, palette: good.palette, bands: [] },
    'a frame of 5592406x20': { ...good, width: 5_592_406 },
    'cells of 2 bytes for 4 colours': { ...good, bands: [{ ...band, cells: new Uint16Array(6) }] },
    'a frame of 1073741900 bytes in cells and sizes; 1073741824 at most are possible': {
      ...good,
      bands: [{ ...band, cells: { byteLength: 2 ** 30 + 24 } as Uint8Array }],
    },
    'a band with a column or row of 0 pixels': {
      ...good,
      bands: [{ ...band, columnWidths: Uint32Array.of(60, 0, 0) }],
    },
  };
  for (const [message, frame] of Object.entries(bad)) {
    it(`is refused: ${message}`, () => {
      expect(() => encode(frame)).toThrow(new Error(message));
    });
  }

  it('leaves the encoder as it was', () => {
    const expected = createPngEncoder()(good);
    expect(() => encode(bad['palette index 4 of 4 colours']!)).toThrow();
    expect(encode(good)).toEqual(expected);
  });
});
