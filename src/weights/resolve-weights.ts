/** From the name of weights to a file on this machine: found, or fetched whole or in part. Never other weights than asked for. */
import { createHash } from 'node:crypto';
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ByteSource } from '../bytes/source.js';
import { OutputError } from '../errors.js';
import { describeFileError, isFileError } from '../files/file-errors.js';
import { openFileSource } from '../files/file-source.js';
import { absentWeights, failedFetch } from './absent-weights.js';
import { partialFileName, WeightsCache } from './cache.js';
import { findWeights } from './catalogue.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { download } from './download.js';
import { fetchTensors } from './fetch-tensors.js';
import { type Machine, thisMachine } from './folders.js';
import { hashOfFile } from './hash-file.js';
import { openHttpClient } from './http-client.js';
import { HttpProblem } from './http-problem.js';
import { openHttpSource } from './http-source.js';
import { withLock } from './lock.js';
import { readOrigin } from './part-file.js';
import { checkByteLength, fileAtUrl, mirrored, type RemoteFile } from './remote-file.js';
import { checkSpace, type OnProgress, openMeter, type Transfer } from './transfer.js';

export interface FetchOptions {
  /** Use no network. Default: false. */
  readonly offline?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** What has arrived when it aborts is kept for the next call. */
  readonly signal?: AbortSignal | undefined;
  /** The longest wait for a byte. Default: 30,000. */
  readonly stallMilliseconds?: number | undefined;
  /** These three are the machine's own unless a test replaces them. */
  readonly machine?: Machine | undefined;
  readonly clock?: Clock | undefined;
  readonly freeBytes?: ((folder: string) => Promise<number>) | undefined;
}

export interface ResolveOptions extends FetchOptions {
  /** Names of the tensors that will be read; all come where that is safer or as cheap. Default: `all`. */
  readonly needed?: 'all' | readonly string[] | undefined;
}

/**
 * The weights that `spec` asks for: `imagenet`, a name of the catalogue or an https URL (see `isWeightsName`). Throws a
 * UsageError for a name that is not known; a ModelError where they are not here and do not come, or are not what they
 * should be; an OutputError where they cannot be kept.
 */
export async function resolveWeights(
  architecture: string,
  spec: string,
  { needed = 'all', ...options }: ResolveOptions = {},
): Promise<ByteSource> {
  const file = /^https?:\/\//i.test(spec) ? fileAtUrl(spec) : findWeights(architecture, spec);
  return openFileSource(await obtain(file, needed === 'all' ? undefined : needed, options));
}

/** The path of the whole file, which is fetched where it is not here. Throws as `resolveWeights` does. */
export async function pullWeights(file: RemoteFile, options: FetchOptions = {}): Promise<string> {
  return obtain(file, undefined, options);
}

/** The path of the file, or of a part of it that holds the named tensors. */
async function obtain(file: RemoteFile, names: readonly string[] | undefined, options: FetchOptions): Promise<string> {
  const { offline = false, machine = thisMachine(), clock = SYSTEM_CLOCK, signal } = options;
  const cache = new WeightsCache(machine);
  const path = cache.pathOf(file.fileName);
  const part = names && { names, path: cache.pathOf(partialFileName(file, hashOfNames(names))) };
  const find = async () => (await cache.find(file)) ?? (part && (await cache.findFetched(part.path)));
  const found = await find();
  if (found !== undefined) return found;
  if (offline) throw absentWeights(file, path, 'the network is not to be used (--offline)');

  const { env } = machine;
  const client = openHttpClient({ env, signal, stallMilliseconds: options.stallMilliseconds });
  const transfer = { client, clock, signal, onProgress: options.onProgress, freeBytes: options.freeBytes ?? freeBytes };
  const source = { ...file, url: mirrored(file.url, env.FEATURESCOPE_MIRROR) };
  try {
    await cache.create();
    return await withLock(`${path}.lock`, { clock, signal, onWait: watchOther(path, file, transfer) }, async () => {
      // Another process may have fetched it in the meantime
      const arrived = await find();
      if (arrived !== undefined) return arrived;
      if (part && (await fetchPart(source, part, transfer, cache))) return part.path;
      await download(source, path, transfer, (facts) => cache.writeRecord(path, { url: source.url, ...facts }));
      return path;
    });
  } catch (cause) {
    if (cause instanceof HttpProblem) {
      if (cause.kind === 'unreachable') throw absentWeights(file, path, cause.message, cause);
      throw failedFetch(path, cause);
    }
    if (signal?.aborted || !isFileError(cause)) throw cause;
    throw new OutputError(`weights cannot be kept: ${describeFileError(cause.path ?? cache.folder, cause)}`, { cause });
  } finally {
    client.close();
  }
}

interface Part {
  readonly names: readonly string[];
  readonly path: string;
}

/** False where the server or the file does not allow it. The record is what makes the part valid. */
async function fetchPart(file: RemoteFile, { names, path }: Part, transfer: Transfer, cache: WeightsCache) {
  const source = await openHttpSource(file.url, transfer);
  if (source === undefined) return false;
  checkByteLength(file, source.byteLength);
  const isFetched = await fetchTensors(source, names, path, {
    onProgress: openMeter(file.fileName, transfer),
    checkSpace: (byteLength) => checkSpace(dirname(path), byteLength, transfer),
  });
  if (!isFetched) return false;
  const sha256 = (await hashOfFile(path)).digest('hex');
  await cache.writeRecord(path, { url: file.url, byteLength: (await stat(path)).size, sha256 });
  return true;
}

/** Reports what another process has downloaded so far. */
function watchOther(path: string, { fileName }: RemoteFile, transfer: Transfer): () => Promise<void> {
  const report = openMeter(fileName, transfer);
  return async () => {
    const part = await stat(`${path}.part`).catch(() => undefined);
    if (part) report(part.size, (await readOrigin(`${path}.part`))?.byteLength ?? null);
  };
}

function hashOfNames(names: readonly string[]): string {
  const unique = [...new Set(names)].sort();
  return createHash('sha256').update(JSON.stringify(unique)).digest('hex').slice(0, 16);
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
