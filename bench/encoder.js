/**
 * Frames a second of processor time and bytes a frame of the PNG encoder, by map size: against zlib levels 1 and 6 on the
 * enlarged pixels (unfiltered rows, the enlarging included), and the palette PNGs of fast-png and sharp. Best of several rounds in turn.
 * Maps are noise smoothed once, scaled to 256 colours.
 */
import { pathToFileURL } from 'node:url';
import zlib from 'node:zlib';
import { encode as encodeFastPng } from 'fast-png';
import sharp from 'sharp';
import { createPngEncoder } from '../dist/write/png.js';

const MAP_SIZES = [7, 35, 150, 300];
const FRAME_SIZES = [400, 512];
const MAPS = 12;
const ROUNDS = 3;
const ROUND_MILLISECONDS = 150;
/** A PNG's bytes beside its zlib stream, with a palette of 256 colours. */
const PNG_BYTES = 8 + 25 + (12 + 768) + 12 + 12;

export async function encoderBench() {
  const rows = [];
  for (const frameSize of FRAME_SIZES) {
    for (const mapSize of MAP_SIZES) {
      const frames = Array.from({ length: MAPS }, (_, seed) => makeFrame(makeMap(mapSize, seed), mapSize, frameSize));
      const results = await measure(frames, {
        featurescope: createPngEncoder(),
        'zlib 1': (frame) => deflate(frame, 1),
        'zlib 6': (frame) => deflate(frame, 6),
        'fast-png': encodeWithFastPng,
        sharp: encodeWithSharp,
      });
      for (const result of results) rows.push({ frameSize, mapSize, ...result });
    }
  }
  return rows;
}

async function measure(frames, encoders) {
  const results = Object.keys(encoders).map((encoder) => ({ encoder, framesPerSecond: 0, bytesPerFrame: 0 }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const result of results) {
      const encode = encoders[result.encoder];
      const start = process.cpuUsage();
      let count = 0;
      let bytes = 0;
      do {
        for (const frame of frames) bytes += (await encode(frame)).length;
        count += frames.length;
      } while (milliseconds(start) < ROUND_MILLISECONDS);
      // The first round warms up.
      if (round === 0) continue;
      result.framesPerSecond = Math.max(result.framesPerSecond, (1000 * count) / milliseconds(start));
      result.bytesPerFrame = Math.round(bytes / count) + (result.encoder.startsWith('zlib') ? PNG_BYTES : 0);
    }
  }
  return results;
}

/** Processor time since `start` of process.cpuUsage: other work on the machine hardly changes it. */
function milliseconds(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Palette indices [size, size]. */
function makeMap(size, seed) {
  let state = seed + 1;
  const noise = Float64Array.from({ length: size * size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
  const at = (x, y) => noise[Math.min(size - 1, Math.max(0, y)) * size + Math.min(size - 1, Math.max(0, x))];
  const smooth = noise.map((value, n) => {
    const [x, y] = [n % size, Math.floor(n / size)];
    return 2 * value + at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1);
  });
  const lowest = smooth.reduce((a, b) => Math.min(a, b));
  const highest = smooth.reduce((a, b) => Math.max(a, b));
  return Uint8Array.from(smooth, (value) => Math.min(255, Math.floor((256 * (value - lowest)) / (highest - lowest))));
}

function makeFrame(cells, mapSize, frameSize) {
  const edge = (n) => Math.floor((n * frameSize) / mapSize);
  const sizes = Uint32Array.from({ length: mapSize }, (_, n) => edge(n + 1) - edge(n));
  const palette = Uint8Array.from({ length: 768 }, (_, n) => Math.floor(n / 3));
  return { width: frameSize, height: frameSize, palette, bands: [{ columnWidths: sizes, rowHeights: sizes, cells }] };
}

/** Rows of a zero (the filter) and the indices, [height, 1 + width]: one drawn row copied down each cell. */
function enlarge({ width, height, bands: [{ columnWidths, rowHeights, cells }] }) {
  const rows = Buffer.alloc(height * (1 + width));
  let y = 0;
  for (let row = 0; row < rowHeights.length; row++) {
    const start = y * (1 + width);
    let at = start + 1;
    for (let column = 0; column < columnWidths.length; column++) {
      const end = at + columnWidths[column];
      rows.fill(cells[row * columnWidths.length + column], at, end);
      at = end;
    }
    for (let copy = 1; copy < rowHeights[row]; copy++) rows.copyWithin(start + copy * (1 + width), start, at);
    y += rowHeights[row];
  }
  return rows;
}

function deflate(frame, level) {
  return zlib.deflateSync(enlarge(frame), { level });
}

function encodeWithFastPng(frame) {
  const { width, height, palette } = frame;
  const rows = enlarge(frame);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) data.set(rows.subarray(y * (1 + width) + 1, (y + 1) * (1 + width)), y * width);
  const colours = Array.from({ length: palette.length / 3 }, (_, n) => [...palette.subarray(3 * n, 3 * n + 3)]);
  return encodeFastPng({ width, height, data, depth: 8, channels: 1, palette: colours });
}

/** From RGB pixels, the only input that sharp can turn into a palette. */
function encodeWithSharp(frame) {
  const { width, height, palette } = frame;
  const indices = enlarge(frame);
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 1; x <= width; x++) {
      const colour = 3 * indices[y * (1 + width) + x];
      for (let channel = 0; channel < 3; channel++) pixels[at++] = palette[colour + channel];
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ palette: true })
    .toBuffer();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const rows = await encoderBench();
  console.table(
    rows.map((row) => {
      const baseline = rows.find((other) => other.encoder === 'zlib 1' && sameFrames(other, row));
      return {
        frame: row.frameSize,
        map: row.mapSize,
        encoder: row.encoder,
        'frames/s': Math.round(row.framesPerSecond),
        'times zlib 1': Number((row.framesPerSecond / baseline.framesPerSecond).toFixed(2)),
        'bytes/frame': row.bytesPerFrame,
      };
    }),
  );
}

function sameFrames(a, b) {
  return a.frameSize === b.frameSize && a.mapSize === b.mapSize;
}
