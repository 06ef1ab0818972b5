/**
 * A lossless video: an AVI (RIFF) whose every frame is a PNG file, codec MPNG. Beyond one segment it goes on in
 * `RIFF AVIX` segments with an index each and an index of indexes, so that old readers see the first segment and
 * others everything (OpenDML 1.02). What it leaves out: sound, other codecs, key frames (every frame is one).
 */
import { OutputError } from '../errors.js';
import { concatenate, LIST_HEADER_BYTES, openList } from './avi-boxes.js';
import {
  type AviOptions,
  CHUNK_HEADER_BYTES,
  encodeHeaderList,
  encodeOldIndex,
  encodeSegmentIndex,
  FRAME_CHUNK_ID,
  type FrameEntry,
  INDEX_BYTES,
  INDEX_ENTRY_BYTES,
  type IndexEntry,
  MAX_SEGMENTS,
} from './avi-headers.js';

export type { AviOptions, FrameRate } from './avi-headers.js';

/** Where the bytes go: a file, memory. */
export interface AviOutput {
  /** Adds the chunks, one after the other, at the end. */
  write(chunks: Uint8Array[]): void | Promise<void>;
  /** Overwrites bytes that are already there; `write` goes on at the end. */
  writeAt(position: number, bytes: Uint8Array): void | Promise<void>;
}

export interface AviWriter {
  /** Adds frames in order, in as few writes as possible. Wait for one call before the next. */
  addFrames(pngs: readonly Uint8Array[]): Promise<void>;
  /** Writes the indexes and the final headers. */
  close(): Promise<void>;
}

/** Usual bytes of a segment: many readers count in signed 32 bits, and the first one is all that old ones see. */
const SEGMENT_BYTES = 2 ** 30;
const MAX_SIDE = 32767;
const PADDING = new Uint8Array(1);

/**
 * Begins a video at the start of `output`. Throws an OutputError for frames that the format has no room for, now or
 * when they are added.
 */
export async function openAvi(output: AviOutput, options: AviOptions): Promise<AviWriter> {
  const { width, height } = options;
  if (Math.max(width, height) > MAX_SIDE) {
    const size = `${width}x${height}`;
    throw new OutputError(`a video of ${size} pixels: AVI allows at most ${MAX_SIDE} a side; use a smaller frame size`);
  }
  const { numerator, denominator } = options.frameRate;
  for (const term of [numerator, denominator]) {
    if (!Number.isInteger(term) || term < 1 || term >= 2 ** 32)
      throw new Error(`frame rate ${numerator}/${denominator}`);
  }
  const writer = new SegmentWriter(output, options);
  await writer.openFirstSegment();
  return writer;
}

class SegmentWriter implements AviWriter {
  private readonly output: AviOutput;
  private readonly options: AviOptions;
  private readonly segmentByteLimit: number;
  /** Where the next byte goes. */
  private position = 0;
  private segmentPosition = 0;
  private moviPosition = 0;
  private segmentFrames: FrameEntry[] = [];
  private readonly indexes: IndexEntry[] = [];
  private frames = 0;
  private largestFrameBytes = 0;
  /** Contents of the first segment's lists, known when it is closed. */
  private firstRiffBytes = 0;
  private firstMoviBytes = 0;

  constructor(output: AviOutput, options: AviOptions) {
    this.output = output;
    this.options = options;
    this.segmentByteLimit = options.segmentByteLimit ?? SEGMENT_BYTES;
  }

  async openFirstSegment(): Promise<void> {
    const start = this.encodeStart();
    this.moviPosition = start.byteLength - LIST_HEADER_BYTES;
    await this.write([start]);
  }

  async addFrames(pngs: readonly Uint8Array[]): Promise<void> {
    let chunks: Uint8Array[] = [];
    let end = this.position;
    const headers = new DataView(new ArrayBuffer(CHUNK_HEADER_BYTES * pngs.length));
    for (let n = 0; n < pngs.length; n++) {
      const png = pngs[n]!;
      if (!this.hasRoom(png, end)) {
        await this.write(chunks);
        chunks = [];
        await this.closeSegment();
        await this.openNextSegment();
        end = this.position;
        if (!this.hasRoom(png, end)) {
          const limit = this.segmentByteLimit;
          throw new OutputError(
            `video frame ${this.frames}: ${png.byteLength} bytes exceed a segment of ${limit} bytes`,
          );
        }
      }
      this.segmentFrames.push({ position: end, byteLength: png.byteLength });
      this.frames++;
      this.largestFrameBytes = Math.max(this.largestFrameBytes, png.byteLength);
      const at = CHUNK_HEADER_BYTES * n;
      headers.setUint32(at, FRAME_CHUNK_ID, true);
      headers.setUint32(at + 4, png.byteLength, true);
      chunks.push(new Uint8Array(headers.buffer, at, CHUNK_HEADER_BYTES), png);
      if (png.byteLength % 2 === 1) chunks.push(PADDING);
      end += CHUNK_HEADER_BYTES + png.byteLength + (png.byteLength % 2);
    }
    await this.write(chunks);
  }

  async close(): Promise<void> {
    await this.closeSegment();
    await this.output.writeAt(0, this.encodeStart());
  }

  /** Whether a frame at `end` leaves room for its segment's indexes. */
  private hasRoom(png: Uint8Array, end: number): boolean {
    const indexBytes = INDEX_BYTES + (this.segmentFrames.length + 1) * INDEX_ENTRY_BYTES;
    return end + CHUNK_HEADER_BYTES + png.byteLength + 1 + indexBytes - this.segmentPosition <= this.segmentByteLimit;
  }

  private async closeSegment(): Promise<void> {
    const index = encodeSegmentIndex(this.segmentFrames, this.moviPosition);
    const { position, segmentFrames } = this;
    this.indexes.push({ position, byteLength: index.byteLength, frames: segmentFrames.length });
    await this.write([index]);
    const moviBytes = this.position - this.moviPosition - LIST_HEADER_BYTES;
    if (this.segmentPosition === 0) {
      await this.write([encodeOldIndex(this.segmentFrames, this.moviPosition + 8)]);
      this.firstMoviBytes = moviBytes;
      this.firstRiffBytes = this.position - LIST_HEADER_BYTES;
    } else {
      await this.output.writeAt(this.segmentPosition, encodeNextStart(moviBytes));
    }
    this.segmentFrames = [];
  }

  private async openNextSegment(): Promise<void> {
    if (this.indexes.length === MAX_SEGMENTS) {
      const limit = `${MAX_SEGMENTS} segments of ${this.segmentByteLimit} bytes`;
      throw new OutputError(
        `video frame ${this.frames}: the file would exceed ${limit}; render fewer or smaller frames`,
      );
    }
    this.segmentPosition = this.position;
    this.moviPosition = this.position + LIST_HEADER_BYTES;
    await this.write([encodeNextStart(0)]);
  }

  private async write(chunks: Uint8Array[]): Promise<void> {
    if (chunks.length === 0) return;
    await this.output.write(chunks);
    for (const chunk of chunks) this.position += chunk.byteLength;
  }

  /** Everything before the first frame, of the same length at any time. */
  private encodeStart(): Uint8Array {
    const { frames, largestFrameBytes, indexes } = this;
    return concatenate(
      openList('RIFF', 'AVI ', this.firstRiffBytes),
      encodeHeaderList(this.options, { frames, largestFrameBytes, indexes }),
      openList('LIST', 'movi', this.firstMoviBytes),
    );
  }
}

function encodeNextStart(moviBytes: number): Uint8Array {
  return concatenate(openList('RIFF', 'AVIX', LIST_HEADER_BYTES + moviBytes), openList('LIST', 'movi', moviBytes));
}
