/**
 * Only some tensors of a remote checkpoint, as a safetensors file. Each one's storage is read whole and compared with the
 * CRC-32 in the zip's directory; tensors that the file has no checksum of are left to a download of the whole file.
 */
import { open, rename, rm } from 'node:fs/promises';
import { crc32 } from '../bytes/crc32.js';
import type { ByteSource } from '../bytes/source.js';
import { ModelError } from '../errors.js';
import { readRanges } from '../model/read-ranges.js';
import { readStateDict } from '../model/read-state-dict.js';
import { type CheckedRange, isContiguous, type StateDictEntry } from '../model/state-dict.js';
import { DTYPE_BYTES, elementCount } from '../tensor/tensor.js';
import { type DescribedTensor, encodeSafetensorsHeader, inFileOrder } from './write-safetensors.js';

/** Beyond half of the file the whole is the better bargain: it serves every later run, and its hash can be checked. */
const WORTHWHILE_SHARE = 0.5;
/** Storages in memory at one time. */
const BATCH_BYTES = 67_108_864;

interface Wanted extends DescribedTensor {
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly storage: CheckedRange;
}

export interface FetchTensorsOptions {
  /** Storage bytes that have arrived, and that will. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called with the file's size before it is begun. */
  readonly checkSpace?: (byteLength: number) => Promise<void>;
}

/**
 * Leaves the named tensors as a safetensors file at `path`, or returns false and leaves nothing: where a tensor is not
 * there under that name, has no checksum or is not row-major, or where they make up half of the file or more. Throws a
 * ModelError where the checkpoint is broken or a checksum fails, and what the source and node:fs throw.
 */
export async function fetchTensors(
  source: ByteSource,
  names: readonly string[],
  path: string,
  { onProgress, checkSpace }: FetchTensorsOptions = {},
): Promise<boolean> {
  const { entries } = await readStateDict(source);
  const wanted: Wanted[] = [];
  for (const name of new Set(names)) {
    const entry = entries.get(name);
    if (entry?.storage === undefined || !isContiguous(entry)) return false;
    wanted.push(describe(name, entry, entry.storage));
  }
  const total = sum([...new Set(wanted.map(({ storage }) => storage))].map(({ start, end }) => end - start));
  if (wanted.length === 0 || total >= source.byteLength * WORTHWHILE_SHARE) return false;

  const ordered = inFileOrder(wanted);
  const header = encodeSafetensorsHeader(ordered);
  await checkSpace?.(header.byteLength + sum(ordered.map(({ byteLength }) => byteLength)));
  const partPath = `${path}.part`;
  const part = await open(partPath, 'w');
  try {
    await part.writeFile(header);
    const watched = watch(source, (done) => onProgress?.(Math.min(done, total), total));
    for (const batch of batches(ordered)) {
      const storages = await readStorages(watched, batch);
      for (const { storage, byteOffset, byteLength } of batch) {
        const start = byteOffset - storage.start;
        await part.writeFile(storages.get(storage)!.subarray(start, start + byteLength));
      }
    }
    await part.sync();
    await part.close();
    await rename(partPath, path);
  } catch (cause) {
    await part.close().catch(() => {});
    await rm(partPath, { force: true });
    throw cause;
  }
  return true;
}

function describe(name: string, { dtype, shape, byteOffset }: StateDictEntry, storage: CheckedRange): Wanted {
  return { name, dtype, shape, byteOffset, byteLength: elementCount(shape) * DTYPE_BYTES[dtype], storage };
}

function watch(source: ByteSource, onRead: (done: number) => void): ByteSource {
  let done = 0;
  return {
    name: source.name,
    byteLength: source.byteLength,
    slice: async (start, end) => {
      const bytes = await source.slice(start, end);
      done += bytes.byteLength;
      onRead(done);
      return bytes;
    },
  };
}

async function readStorages(source: ByteSource, wanted: readonly Wanted[]): Promise<Map<CheckedRange, Uint8Array>> {
  const storages = [...new Set(wanted.map(({ storage }) => storage))];
  const read = await readRanges(source, storages);
  for (const [index, { start, end, crc32: expected }] of storages.entries()) {
    if (crc32(read[index]!) === expected) continue;
    throw new ModelError(
      `${source.name}: bytes ${start} to ${end} fail their CRC-32; they were damaged on the way or on the server, try again`,
    );
  }
  return new Map(storages.map((storage, index) => [storage, read[index]!]));
}

function* batches(wanted: readonly Wanted[]): Generator<Wanted[]> {
  let batch: Wanted[] = [];
  let byteLength = 0;
  for (const tensor of wanted) {
    const { start, end } = tensor.storage;
    if (batch.length > 0 && byteLength + end - start > BATCH_BYTES) {
      yield batch;
      batch = [];
      byteLength = 0;
    }
    batch.push(tensor);
    byteLength += end - start;
  }
  yield batch;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
