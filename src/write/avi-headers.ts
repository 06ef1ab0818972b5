/**
 * The headers and indexes of an AVI with one video stream of PNG files (Microsoft, "AVI RIFF File Reference"; OpenDML
 * AVI M-JPEG File Format Subcommittee, "OpenDML AVI File Format Extensions" 1.02, for files beyond one RIFF).
 */
import { chunk, concatenate, fourCC, list, uint16, uint32, uint64 } from './avi-boxes.js';

export interface FrameRate {
  /** Frames a second as an exact fraction of two integers, each 1..2^32 - 1: 24/1, 30000/1001, 1/2. */
  readonly numerator: number;
  readonly denominator: number;
}

export interface AviOptions {
  /** In pixels, 1..32767. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  /** What most of the frames are; each PNG still says for itself. */
  readonly colour: 'indexed' | 'rgb';
  /** Most bytes of a segment, 1 GiB if not given. */
  readonly segmentByteLimit?: number;
}

/** A frame's chunk: where its header begins, from the start of the file, and the length of its data. */
export interface FrameEntry {
  readonly position: number;
  readonly byteLength: number;
}

/** A finished segment's index chunk. */
export interface IndexEntry {
  readonly position: number;
  /** The chunk's header included. */
  readonly byteLength: number;
  readonly frames: number;
}

export interface AviCounts {
  readonly frames: number;
  readonly largestFrameBytes: number;
  readonly indexes: readonly IndexEntry[];
}

const CODEC = 'MPNG';
const FRAME_CHUNK = '00dc';
const INDEX_CHUNK = 'ix00';
/** Segments that the header has room for: 256 GiB at the usual segment's length. */
export const MAX_SEGMENTS = 256;
const AVIF_HASINDEX = 0x10;
const AVIF_TRUSTCKTYPE = 0x800;
const AVIIF_KEYFRAME = 0x10;
const AVI_INDEX_OF_INDEXES = 0;
const AVI_INDEX_OF_CHUNKS = 1;
/** Length of dmlh as common writers and readers have it; all but its first field is reserved. */
const DMLH_BYTES = 248;
export const CHUNK_HEADER_BYTES = 8;
/** Its name as a little-endian integer. */
export const FRAME_CHUNK_ID = new DataView(fourCC(FRAME_CHUNK).buffer).getUint32(0, true);

/** LIST hdrl. Its length is the same whatever `counts` are, so that it can be written again in its place. */
export function encodeHeaderList(options: AviOptions, counts: AviCounts): Uint8Array {
  const { width, height, frameRate, colour } = options;
  const { numerator, denominator } = frameRate;
  const bytesPerSecond = Math.min(2 ** 32 - 1, Math.ceil((counts.largestFrameBytes * numerator) / denominator));
  const bufferBytes = counts.largestFrameBytes + CHUNK_HEADER_BYTES;
  const bitsPerPixel = colour === 'indexed' ? 8 : 24;
  const avih = chunk(
    'avih',
    uint32([Math.min(2 ** 32 - 1, Math.round((1e6 * denominator) / numerator)), bytesPerSecond, 0]),
    uint32([AVIF_HASINDEX | AVIF_TRUSTCKTYPE]),
    // Frames of the first RIFF alone: the total is in strh and dmlh.
    uint32([counts.indexes[0]?.frames ?? 0, 0, 1, bufferBytes, width, height, 0, 0, 0, 0]),
  );
  const strh = chunk(
    'strh',
    fourCC('vids'),
    fourCC(CODEC),
    uint32([0, 0, 0, denominator, numerator, 0, counts.frames, bufferBytes, 2 ** 32 - 1, 0]),
    uint16([0, 0, width, height]),
  );
  const strf = chunk(
    'strf',
    uint32([40, width, height]),
    uint16([1, bitsPerPixel]),
    fourCC(CODEC),
    uint32([(width * height * bitsPerPixel) / 8, 0, 0, 0, 0]),
  );
  const dmlh = chunk('dmlh', uint32([counts.frames]), new Uint8Array(DMLH_BYTES - 4));
  const stream = list('strl', strh, strf, encodeSuperIndex(counts.indexes));
  return list('hdrl', avih, stream, list('odml', dmlh));
}

/** AVISUPERINDEX, with room for MAX_SEGMENTS. */
function encodeSuperIndex(indexes: readonly IndexEntry[]): Uint8Array {
  const entries = new Uint8Array(16 * MAX_SEGMENTS);
  indexes.forEach(({ position, byteLength, frames }, n) => {
    entries.set(concatenate(uint64(position), uint32([byteLength, frames])), 16 * n);
  });
  return chunk(
    'indx',
    uint16([4, AVI_INDEX_OF_INDEXES << 8]),
    uint32([indexes.length]),
    fourCC(FRAME_CHUNK),
    uint32([0, 0, 0]),
    entries,
  );
}

/** AVISTDINDEX of a segment's frames; its offsets point to the data and count from `base`. */
export function encodeSegmentIndex(frames: readonly FrameEntry[], base: number): Uint8Array {
  const entries = frames.flatMap(({ position, byteLength }) => [position + CHUNK_HEADER_BYTES - base, byteLength]);
  return chunk(
    INDEX_CHUNK,
    uint16([2, AVI_INDEX_OF_CHUNKS << 8]),
    uint32([frames.length]),
    fourCC(FRAME_CHUNK),
    uint64(base),
    uint32([0]),
    uint32(entries),
  );
}

/** idx1 of the first segment; its offsets point to the chunk headers and count from the name `movi`. */
export function encodeOldIndex(frames: readonly FrameEntry[], movi: number): Uint8Array {
  const entries = frames.flatMap(({ position, byteLength }) => [
    FRAME_CHUNK_ID,
    AVIIF_KEYFRAME,
    position - movi,
    byteLength,
  ]);
  return chunk('idx1', uint32(entries));
}

/** Bytes of a segment's indexes, without entries and for each frame. */
export const INDEX_BYTES = 32 + CHUNK_HEADER_BYTES;
export const INDEX_ENTRY_BYTES = 8 + 16;
