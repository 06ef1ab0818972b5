/**
 * A zip's directory and the places of its stored entries (PKWARE APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3). Sizes
 * come from the central directory alone: torch.save leaves those of local headers empty (flag bit 3). Decompression,
 * encryption and split archives are left out, since torch.save uses none.
 */
import type { ByteSource } from '../../bytes/source.js';
import { ModelError } from '../../errors.js';
import { quote } from '../quote.js';
import { type ByteRange, readRange, readRanges } from '../read-ranges.js';

export interface ZipEntry {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  /** Bytes in the archive: the entry's own where `method` is 0. */
  readonly byteLength: number;
  readonly method: number;
  /** Null where it is 0, as torch.save leaves it after torch.serialization.set_crc32_options(False). */
  readonly crc32: number | null;
  /** Where its local header starts, and where the next entry or the directory does. */
  readonly headerOffset: number;
  readonly limit: number;
}

/** ResNet-152 has 936 entries. */
export const MAX_ENTRIES = 100_000;
/** Room for MAX_ENTRIES of 300 bytes; what torch.save writes is about 80. */
const MAX_DIRECTORY_BYTES = 33_554_432;

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR_BYTES = 20;
const MAX_COMMENT_BYTES = 0xffff;

const ENCRYPTED_FLAGS = 0x2041;
const ZIP64_FIELD = 0x0001;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface Directory {
  readonly entryCount: number;
  readonly start: number;
  readonly end: number;
}

/** The entries by name, in the directory's order. No two overlap, as far as the directory alone can tell. */
export async function readZipDirectory(source: ByteSource): Promise<Map<string, ZipEntry>> {
  const directory = await findDirectory(source);
  const bytes = await readRange(source, directory.start, directory.end);
  const headers = [...centralHeaders(source, bytes, directory)];
  const entries = new Map<string, ZipEntry>();
  const limits = entryLimits(source, headers, directory);
  for (const header of headers) {
    if (entries.has(header.name)) throw broken(source, `has two entries named ${quote(header.name)}`);
    entries.set(header.name, { ...header, limit: limits.get(header.headerOffset)! });
  }
  return entries;
}

/** Where each entry's bytes lie, after a look at its local header, which must agree with the directory. */
export async function locateEntries(source: ByteSource, entries: readonly ZipEntry[]): Promise<ByteRange[]> {
  for (const { name, method } of entries) {
    if (method !== 0) throw broken(source, `entry ${quote(name)} is compressed (method ${method})`);
  }
  const headers = await readRanges(
    source,
    entries.map(({ headerOffset, nameBytes }) => {
      return { start: headerOffset, end: headerOffset + LOCAL_BYTES + nameBytes.byteLength };
    }),
  );
  return entries.map(({ name, nameBytes, headerOffset, byteLength, limit }, index) => {
    const header = headers[index]!;
    const view = viewOf(header);
    const agrees =
      view.getUint32(0, true) === LOCAL_SIGNATURE &&
      view.getUint16(8, true) === 0 &&
      view.getUint16(26, true) === nameBytes.byteLength &&
      nameBytes.every((byte, at) => header[LOCAL_BYTES + at] === byte);
    if (!agrees) throw broken(source, `has no local header for ${quote(name)} at offset ${headerOffset}`);
    const start = headerOffset + header.byteLength + view.getUint16(28, true);
    const end = start + byteLength;
    if (end > limit) throw broken(source, `entry ${quote(name)} ends at ${end}, inside what starts at ${limit}`);
    return { start, end };
  });
}

/** Where the directory is, by the end record: the last one whose comment fills the rest of the file. */
async function findDirectory(source: ByteSource): Promise<Directory> {
  const tailStart = Math.max(0, source.byteLength - END_BYTES - MAX_COMMENT_BYTES - ZIP64_LOCATOR_BYTES);
  const tail = await readRange(source, tailStart, source.byteLength);
  const view = viewOf(tail);
  let at = tail.byteLength - END_BYTES;
  const isEnd = () =>
    view.getUint32(at, true) === END_SIGNATURE && at + END_BYTES + view.getUint16(at + 20, true) === tail.byteLength;
  while (at >= 0 && !isEnd()) at--;
  if (at < 0) {
    throw new ModelError(
      `${source.name}: a zip without a directory at its end: its ${source.byteLength} bytes are truncated, get the file again`,
    );
  }
  const hasZip64 =
    at >= ZIP64_LOCATOR_BYTES && view.getUint32(at - ZIP64_LOCATOR_BYTES, true) === ZIP64_LOCATOR_SIGNATURE;
  const end = hasZip64
    ? await readZip64End(source, uint64(view, at - ZIP64_LOCATOR_BYTES + 8), tailStart + at - ZIP64_LOCATOR_BYTES)
    : {
        position: tailStart + at,
        isSplit: view.getUint32(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== view.getUint16(at + 10, true),
        entryCount: view.getUint16(at + 10, true),
        byteLength: view.getUint32(at + 12, true),
        start: view.getUint32(at + 16, true),
      };
  const { position, isSplit, entryCount, byteLength, start } = end;
  if (isSplit) throw broken(source, 'is one part of a split archive');
  if (start + byteLength !== position) {
    throw broken(
      source,
      `claims a directory of ${byteLength} bytes at offset ${start}, which does not end at ${position}`,
    );
  }
  if (entryCount > MAX_ENTRIES || byteLength > MAX_DIRECTORY_BYTES) {
    throw broken(source, `claims ${entryCount} entries in ${byteLength} bytes, more than any checkpoint has`);
  }
  return { entryCount, start, end: position };
}

async function readZip64End(source: ByteSource, position: number, locatorPosition: number) {
  if (position + ZIP64_END_BYTES > locatorPosition)
    throw broken(source, `claims a zip64 end record at offset ${position}`);
  const view = viewOf(await readRange(source, position, position + ZIP64_END_BYTES));
  if (view.getUint32(0, true) !== ZIP64_END_SIGNATURE)
    throw broken(source, `has no zip64 end record at offset ${position}`);
  return {
    position,
    isSplit: view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0,
    entryCount: uint64(view, 32),
    byteLength: uint64(view, 40),
    start: uint64(view, 48),
  };
}

function* centralHeaders(source: ByteSource, bytes: Uint8Array, { entryCount }: Directory) {
  const view = viewOf(bytes);
  let at = 0;
  for (let index = 0; index < entryCount; index++) {
    if (at + CENTRAL_BYTES > bytes.byteLength || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      throw broken(source, `claims ${entryCount} entries and lists ${index}`);
    }
    const nameEnd = at + CENTRAL_BYTES + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const end = extraEnd + view.getUint16(at + 32, true);
    if (end > bytes.byteLength) throw broken(source, `lists entry ${index} beyond its directory's end`);
    const nameBytes = bytes.subarray(at + CENTRAL_BYTES, nameEnd);
    const name = decodeName(source, nameBytes);
    if (view.getUint16(at + 8, true) & ENCRYPTED_FLAGS) throw broken(source, `entry ${quote(name)} is encrypted`);
    const method = view.getUint16(at + 10, true);
    const fields = {
      byteLength: view.getUint32(at + 20, true),
      originalLength: view.getUint32(at + 24, true),
      headerOffset: view.getUint32(at + 42, true),
    };
    const { originalLength, byteLength, headerOffset } = withZip64(fields, bytes.subarray(nameEnd, extraEnd));
    if (method === 0 && originalLength !== byteLength) {
      throw broken(source, `entry ${quote(name)} is stored in ${byteLength} bytes and claims ${originalLength}`);
    }
    yield { name, nameBytes, byteLength, method, headerOffset, crc32: view.getUint32(at + 16, true) || null };
    at = end;
  }
  if (at !== bytes.byteLength)
    throw broken(source, `has ${bytes.byteLength - at} bytes after its ${entryCount} entries`);
}

/** Replaces each field that is full by the zip64 extra field's value, in the order that 4.5.3 fixes. */
function withZip64(fields: { byteLength: number; originalLength: number; headerOffset: number }, extra: Uint8Array) {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === ZIP64_FIELD && end <= extra.byteLength) {
      let next = at + 4;
      const full = { ...fields };
      for (const key of ['originalLength', 'byteLength', 'headerOffset'] as const) {
        if (full[key] !== 0xffffffff || next + 8 > end) continue;
        full[key] = uint64(view, next);
        next += 8;
      }
      return full;
    }
    at = end;
  }
  return fields;
}

/** For each header offset the offset that its entry must not reach: the next header, or the directory. */
function entryLimits(
  source: ByteSource,
  headers: readonly Omit<ZipEntry, 'limit'>[],
  directory: Directory,
): Map<number, number> {
  const limits = new Map<number, number>();
  let limit = directory.start;
  for (const { name, nameBytes, byteLength, headerOffset } of [...headers].sort(
    (a, b) => b.headerOffset - a.headerOffset,
  )) {
    const end = headerOffset + LOCAL_BYTES + nameBytes.byteLength + byteLength;
    if (end > limit) {
      throw broken(
        source,
        `entry ${quote(name)} claims ${byteLength} bytes at offset ${headerOffset}, but ${limit} is taken`,
      );
    }
    limits.set(headerOffset, limit);
    limit = headerOffset;
  }
  return limits;
}

function decodeName(source: ByteSource, bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw broken(source, 'has an entry whose name is not UTF-8');
  }
}

/** Exact up to 2^53; beyond it near enough to fail every comparison with a real offset. */
function uint64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function broken(source: ByteSource, what: string): ModelError {
  return new ModelError(`${source.name}: the zip ${what}; it is not as torch.save wrote it, get the file again`);
}
