import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../src/map/frame.js';
import { type AviOptions, type FrameRate, openAvi } from '../../src/write/avi.js';
import { createPngEncoder } from '../../src/write/png.js';
import { expandFrame, makeFrame, randomIntegers } from './png-reference.js';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'featurescope-avi-'));
afterAll(() => rmSync(folder, { recursive: true }));

const encode = createPngEncoder();

/** Frames that all differ, 52x35. */
function makeFrames(count: number, colours = 256): Frame[] {
  const random = randomIntegers(count);
  return Array.from({ length: count }, (_, n) => {
    const rows = 3 + (n % 9);
    return makeFrame(52, [{ rows, columns: 4 + (n % 23), height: 35 }], colours, () => random(colours));
  });
}

/** A file in memory that also counts the calls. */
function memoryOutput() {
  const file = { bytes: Buffer.alloc(0), writes: 0 };
  return {
    file,
    write(chunks: Uint8Array[]): void {
      file.writes++;
      file.bytes = Buffer.concat([file.bytes, ...chunks]);
    },
    async writeAt(position: number, bytes: Uint8Array): Promise<void> {
      expect(position + bytes.byteLength).toBeLessThanOrEqual(file.bytes.byteLength);
      file.bytes.set(bytes, position);
    },
  };
}

async function makeAvi(frames: readonly Frame[], options: Partial<AviOptions> = {}, batch = 7): Promise<Buffer> {
  const output = memoryOutput();
  const defaults = { width: 52, height: 35, frameRate: { numerator: 25, denominator: 1 }, colour: 'indexed' } as const;
  const avi = await openAvi(output, { ...defaults, ...options });
  for (let at = 0; at < frames.length; at += batch) await avi.addFrames(frames.slice(at, at + batch).map(encode));
  await avi.close();
  return output.file.bytes;
}

function save(bytes: Buffer, name: string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function decodeRgb(path: string, ...before: string[]): Buffer {
  const args = [
    '-v',
    'error',
    ...before,
    '-i',
    path,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-fps_mode',
    'passthrough',
  ];
  return execFileSync('ffmpeg', [...args, '-'], { maxBuffer: 2 ** 28 });
}

function probe(path: string): Record<string, string> {
  const fields = 'codec_name,codec_tag_string,pix_fmt,width,height,r_frame_rate,avg_frame_rate,nb_frames';
  const args = ['-v', 'error', '-select_streams', 'v', '-show_entries', `stream=${fields}`, '-of', 'json', path];
  return JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8' })).streams[0];
}

const expand = (frames: readonly Frame[]): Buffer => Buffer.concat(frames.map(expandFrame));

interface Chunk {
  readonly id: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The chunks of bytes[start, end), which they must fill exactly; of a list the contents start after its name. */
function chunksOf(bytes: Buffer, start: number, end: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = start; at < end; ) {
    const id = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const isList = id === 'RIFF' || id === 'LIST';
    const name = isList ? bytes.toString('latin1', at + 8, at + 12) : id;
    chunks.push({ id, name, start: at + (isList ? 12 : 8), end: at + 8 + length });
    at += 8 + length + (length % 2);
    if (at >= end) expect(at).toBe(end);
  }
  return chunks;
}

const RATES: readonly [FrameRate, string][] = [
  [{ numerator: 24, denominator: 1 }, '24/1'],
  [{ numerator: 25, denominator: 1 }, '25/1'],
  [{ numerator: 30000, denominator: 1001 }, '30000/1001'],
  [{ numerator: 1, denominator: 2 }, '1/2'],
];

describe.skipIf(!hasFfmpeg)('an AVI read by ffmpeg', () => {
  const frames = makeFrames(23);

  for (const [frameRate, text] of RATES) {
    it(`has every pixel of its frames at ${text} a second`, async () => {
      const path = save(await makeAvi(frames, { frameRate }), `rate-${frameRate.numerator}.avi`);
      expect(decodeRgb(path).equals(expand(frames))).toBe(true);
      expect(probe(path)).toEqual({
        codec_name: 'png',
        codec_tag_string: 'MPNG',
        pix_fmt: 'pal8',
        width: 52,
        height: 35,
        r_frame_rate: text,
        avg_frame_rate: text,
        nb_frames: '23',
      });
    });
  }

  it('is true colour where its frames are', async () => {
    const rgb = makeFrames(5, 300);
    const path = save(await makeAvi(rgb, { colour: 'rgb' }), 'rgb.avi');
    expect(decodeRgb(path).equals(expand(rgb))).toBe(true);
    expect(probe(path)).toMatchObject({ codec_name: 'png', pix_fmt: 'rgb24', nb_frames: '5' });
  });

  it('decodes a true-colour frame among indexed ones', async () => {
    const mixed = [...frames.slice(0, 4), ...makeFrames(1, 300), ...frames.slice(4, 9)];
    const path = save(await makeAvi(mixed), 'mixed.avi');
    expect(decodeRgb(path).equals(expand(mixed))).toBe(true);
  });

  it('seeks to the exact frame, in every segment', async () => {
    const many = makeFrames(60);
    const path = save(await makeAvi(many, { segmentByteLimit: 10_000 }), 'seek.avi');
    for (const frame of [0, 1, 17, 31, 44, 59]) {
      const decoded = decodeRgb(path, '-ss', ((frame * 1000) / 25 / 1000).toFixed(6));
      expect(decoded.equals(expand(many.slice(frame)))).toBe(true);
    }
  });

  it('reads all segments of an OpenDML file', async () => {
    const many = makeFrames(60);
    const bytes = await makeAvi(many, { segmentByteLimit: 10_000 });
    const path = save(bytes, 'segments.avi');
    expect(chunksOf(bytes, 0, bytes.length).length).toBeGreaterThan(2);
    expect(decodeRgb(path).equals(expand(many))).toBe(true);
    expect(probe(path)).toMatchObject({ nb_frames: '60', r_frame_rate: '25/1' });
  });
});

describe('the structure of an AVI', () => {
  it('is boxes within boxes whose indexes point to the frames', async () => {
    const frames = makeFrames(60);
    const pngs = frames.map((frame) => Buffer.from(encode(frame)));
    const bytes = await makeAvi(frames, { segmentByteLimit: 10_000 });
    const riffs = chunksOf(bytes, 0, bytes.length);
    expect(riffs.map((riff) => riff.name)).toEqual(['AVI ', ...riffs.slice(1).map(() => 'AVIX')]);
    expect(riffs.length).toBeGreaterThan(2);

    const [hdrl, firstMovi, idx1] = chunksOf(bytes, riffs[0]!.start, riffs[0]!.end);
    const [avih, strl, odml] = chunksOf(bytes, hdrl!.start, hdrl!.end);
    const [strh, strf, indx] = chunksOf(bytes, strl!.start, strl!.end);
    const [dmlh] = chunksOf(bytes, odml!.start, odml!.end);
    expect([hdrl!.name, firstMovi!.name, idx1!.name, avih!.id, strh!.id, strf!.id, indx!.id, dmlh!.id]).toEqual([
      'hdrl',
      'movi',
      'idx1',
      'avih',
      'strh',
      'strf',
      'indx',
      'dmlh',
    ]);

    let frame = 0;
    for (const [n, riff] of riffs.entries()) {
      expect(riff.end - riff.start + 12).toBeLessThanOrEqual(10_000);
      const movi = chunksOf(bytes, riff.start, riff.end).find((chunk) => chunk.name === 'movi')!;
      const chunks = chunksOf(bytes, movi.start, movi.end);
      const index = chunks.at(-1)!;
      const count = chunks.length - 1;
      expect(index.id).toBe('ix00');
      expect(bytes.readUInt32LE(index.start + 4)).toBe(count);
      const base = Number(bytes.readBigUInt64LE(index.start + 12));
      for (const [k, chunk] of chunks.slice(0, count).entries()) {
        const entry = index.start + 24 + 8 * k;
        expect(chunk.id).toBe('00dc');
        expect(base + bytes.readUInt32LE(entry)).toBe(chunk.start);
        expect(bytes.readUInt32LE(entry + 4)).toBe(chunk.end - chunk.start);
        if (n === 0) {
          const old = idx1!.start + 16 * k;
          expect(bytes.toString('latin1', old, old + 4)).toBe('00dc');
          expect(movi.start - 4 + bytes.readUInt32LE(old + 8) + 8).toBe(chunk.start);
        }
        expect(bytes.subarray(chunk.start, chunk.end).equals(pngs[frame++]!)).toBe(true);
      }
      const entry = indx!.start + 24 + 16 * n;
      expect(Number(bytes.readBigUInt64LE(entry))).toBe(index.start - 8);
      expect(bytes.readUInt32LE(entry + 8)).toBe(index.end - index.start + 8);
      expect(bytes.readUInt32LE(entry + 12)).toBe(count);
      if (n === 0) expect(bytes.readUInt32LE(avih!.start + 16)).toBe(count);
    }
    expect(frame).toBe(60);
    expect(bytes.readUInt32LE(indx!.start + 4)).toBe(riffs.length);
    expect(bytes.readUInt32LE(strh!.start + 32)).toBe(60);
    expect(bytes.readUInt32LE(dmlh!.start)).toBe(60);
  });

  it('does not depend on how the frames come', async () => {
    const frames = makeFrames(40);
    const options = { segmentByteLimit: 10_000 };
    const expected = await makeAvi(frames, options, 1);
    expect((await makeAvi(frames, options, 40)).equals(expected)).toBe(true);
    expect((await makeAvi(frames, options, 9)).equals(expected)).toBe(true);
  });

  it('counts positions beyond 4 GiB', async () => {
    const largest = new Uint8Array(2 ** 29);
    let position = 0;
    let header = new Uint8Array(0);
    const indexes: number[] = [];
    const output = {
      write(chunks: Uint8Array[]): void {
        for (const chunk of chunks) {
          if (String.fromCharCode(...chunk.subarray(0, 4)) === 'ix00') indexes.push(position);
          position += chunk.byteLength;
        }
      },
      writeAt(at: number, bytes: Uint8Array): void {
        if (at === 0) header = bytes.slice();
      },
    };
    const options = { width: 52, height: 35, frameRate: { numerator: 25, denominator: 1 }, colour: 'indexed' } as const;
    const avi = await openAvi(output, options);
    for (let n = 0; n < 10; n++) await avi.addFrames([largest]);
    await avi.close();
    const start = Buffer.from(header).indexOf('indx') + 8 + 24;
    const view = new DataView(header.buffer);
    expect(indexes.at(-1)).toBeGreaterThan(2 ** 32);
    expect(indexes.map((_, n) => Number(view.getBigUint64(start + 16 * n, true)))).toEqual(indexes);
  });

  it('writes a batch at once', async () => {
    const output = memoryOutput();
    const options = { width: 52, height: 35, frameRate: { numerator: 25, denominator: 1 }, colour: 'indexed' } as const;
    const avi = await openAvi(output, options);
    const before = output.file.writes;
    await avi.addFrames(makeFrames(40).map(encode));
    expect(output.file.writes).toBe(before + 1);
  });
});

describe('what AVI has no room for', () => {
  it('is refused', async () => {
    const [frame] = makeFrames(1);
    await expect(makeAvi([], { width: 32_768 })).rejects.toThrow(
      'a video of 32768x35 pixels: AVI allows at most 32767 a side; use a smaller frame size',
    );
    await expect(makeAvi([], { frameRate: { numerator: 24, denominator: 0 } })).rejects.toThrow('frame rate 24/0');
    await expect(makeAvi([frame!], { segmentByteLimit: 100 })).rejects.toThrow(
      `video frame 0: ${encode(frame!).byteLength} bytes exceed a segment of 100 bytes`,
    );
    const many = Array.from({ length: 257 }, () => makeFrame(52, [{ rows: 1, columns: 1, height: 35 }], 1, () => 0));
    // One frame a segment, and none beside the header in the first.
    await expect(makeAvi(many, { segmentByteLimit: 250 }, 300)).rejects.toThrow(
      'video frame 255: the file would exceed 256 segments of 250 bytes; render fewer or smaller frames',
    );
  });
});
