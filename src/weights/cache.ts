/**
 * The folder of verified files. Beside each lies a record of what it was when it came, NAME.json; a file without one was
 * put there by hand, is verified when it is first asked for, and gets its record then.
 */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';
import { makeFolder } from '../files/make-folder.js';
import type { FileFacts } from './download.js';
import { cacheFolder, type Machine, torchHubFolder } from './folders.js';
import { hashOfFile } from './hash-file.js';
import { removePart } from './part-file.js';
import type { RemoteFile } from './remote-file.js';

export interface CacheRecord extends FileFacts {
  readonly url: string;
}

/** A file as `verify` finds it. */
export interface Verdict {
  readonly path: string;
  /** Null where the file is as it should be. */
  readonly problem: string | null;
}

export class WeightsCache {
  readonly folder: string;
  private readonly hubFolder: string;

  constructor(machine: Machine) {
    this.folder = cacheFolder(machine);
    this.hubFolder = torchHubFolder(machine);
  }

  pathOf(fileName: string): string {
    return join(this.folder, fileName);
  }

  async create(): Promise<void> {
    makeFolder(this.folder);
  }

  /**
   * The verified whole file: ours, else torch's own, whose hash is taken each time. Undefined where there is none.
   * Throws a ModelError where ours is not what it should be.
   */
  async find(file: RemoteFile): Promise<string | undefined> {
    const path = this.pathOf(file.fileName);
    const byteLength = await sizeOf(path);
    if (byteLength !== undefined) {
      const record = await this.readRecord(path);
      const problem = record ? differentSize(byteLength, record) : await this.adopt(file, path);
      if (problem === null) return path;
      throw new ModelError(`${path}: ${problem}; remove it and it is fetched again`);
    }
    if (file.sha256Prefix === null) return undefined;
    const hubPath = join(this.hubFolder, file.fileName);
    if ((await sizeOf(hubPath)) === undefined) return undefined;
    const sha256 = (await hashOfFile(hubPath)).digest('hex');
    return sha256.startsWith(file.sha256Prefix) ? hubPath : undefined;
  }

  /** Where a file of this name is, in our cache or torch's, verified or not; null where it is nowhere. */
  async locate({ fileName }: RemoteFile): Promise<string | null> {
    for (const path of [this.pathOf(fileName), join(this.hubFolder, fileName)]) {
      if ((await sizeOf(path)) !== undefined) return path;
    }
    return null;
  }

  /** A part of a file that was fetched earlier, as it was then. */
  async findFetched(path: string): Promise<string | undefined> {
    const record = await this.readRecord(path);
    return record && (await sizeOf(path)) === record.byteLength ? path : undefined;
  }

  async writeRecord(path: string, { url, byteLength, sha256 }: CacheRecord): Promise<void> {
    await writeFile(recordPath(path), `${JSON.stringify({ url, byteLength, sha256 }, null, 2)}\n`);
  }

  /** Takes the hash of every file here. `known` has the hashes that names promise. */
  async *verify(known: readonly RemoteFile[]): AsyncGenerator<Verdict> {
    for (const name of await this.files()) {
      const path = this.pathOf(name);
      const promised = known.find(({ fileName }) => fileName === name)?.sha256Prefix;
      const recorded = (await this.readRecord(path))?.sha256;
      const isKnown = promised !== undefined || recorded !== undefined;
      const sha256 = isKnown ? (await hashOfFile(path)).digest('hex') : '';
      const problem = differentHash(sha256, promised ?? '') ?? differentHash(sha256, recorded ?? '');
      yield { path, problem: isKnown ? problem : 'nothing is known of this file' };
    }
  }

  /** Removes a file, what was made from it and what is left of its downloads. Returns the paths of the files. */
  async remove(file: RemoteFile): Promise<string[]> {
    const paths = (await this.files()).filter((name) => belongsTo(name, file)).map((name) => this.pathOf(name));
    for (const path of paths) {
      await rm(path, { force: true });
      await rm(recordPath(path), { force: true });
    }
    await removePart(`${this.pathOf(file.fileName)}.part`);
    return paths;
  }

  /** Names of finished files. */
  private async files(): Promise<string[]> {
    const names = await readdir(this.folder).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return [];
      throw new ModelError(describeFileError(this.folder, cause), { cause });
    });
    return names.filter((name) => !/\.(?:part|json|lock|lock\.[-\w]+)$/.test(name)).sort();
  }

  private async adopt({ url, sha256Prefix }: RemoteFile, path: string): Promise<string | null> {
    const sha256 = (await hashOfFile(path)).digest('hex');
    const problem = differentHash(sha256, sha256Prefix ?? '');
    if (problem === null) await this.writeRecord(path, { url, byteLength: (await stat(path)).size, sha256 });
    return problem;
  }

  private async readRecord(path: string): Promise<CacheRecord | undefined> {
    try {
      const record = JSON.parse(await readFile(recordPath(path), 'utf8'));
      const isWhole = typeof record.url === 'string' && /^[0-9a-f]{64}$/.test(record.sha256);
      return isWhole && Number.isSafeInteger(record.byteLength) ? record : undefined;
    } catch {
      return undefined;
    }
  }
}

/** `NAME` itself and `NAME without its ending.HASH.safetensors`. */
export function partialFileName({ fileName }: RemoteFile, namesHash: string): string {
  return `${stem(fileName)}.${namesHash}.safetensors`;
}

function belongsTo(name: string, { fileName }: RemoteFile): boolean {
  return name === fileName || (name.startsWith(`${stem(fileName)}.`) && /\.[0-9a-f]{16}\.safetensors$/.test(name));
}

function stem(fileName: string): string {
  return fileName.replace(/\.\w+$/, '');
}

function recordPath(path: string): string {
  return `${path}.json`;
}

/** Undefined where no file is. */
async function sizeOf(path: string): Promise<number | undefined> {
  const facts = await stat(path).catch(() => undefined);
  return facts?.isFile() ? facts.size : undefined;
}

function differentSize(byteLength: number, record: CacheRecord): string | null {
  return byteLength === record.byteLength ? null : `has ${byteLength} bytes and came with ${record.byteLength}`;
}

function differentHash(sha256: string, expected: string): string | null {
  if (sha256.startsWith(expected)) return null;
  return `its SHA-256 begins with ${sha256.slice(0, 8)}, expected ${expected.slice(0, 8)}`;
}
