/**
 * The bytes of a download so far, and beside them which version of which file they are of, so that a later process can
 * go on. Two files: NAME.part and NAME.part.json.
 */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hashOfFile } from './hash-file.js';

/** One version of a remote file. */
export interface PartOrigin {
  readonly url: string;
  /** See `validatorOf`; without one a download cannot be resumed. */
  readonly validator: string | null;
  /** The whole file's; null where the server does not say. */
  readonly byteLength: number | null;
}

export class PartFile {
  readonly path: string;
  origin: PartOrigin;
  /** Bytes that are here. */
  byteLength: number;
  private hash: Hash;
  private readonly file: FileHandle;

  private constructor(path: string, file: FileHandle, origin: PartOrigin, byteLength: number, hash: Hash) {
    this.path = path;
    this.file = file;
    this.origin = origin;
    this.byteLength = byteLength;
    this.hash = hash;
  }

  /** Goes on with what an earlier process left of this URL, or starts empty. Throws what node:fs throws. */
  static async open(path: string, url: string): Promise<PartFile> {
    const left = await readOrigin(path);
    if (left?.url === url && left.validator !== null) {
      const file = await open(path, 'r+').catch(() => undefined);
      const { size } = (await file?.stat()) ?? { size: 0 };
      if (file && size <= (left.byteLength ?? size)) {
        return new PartFile(path, file, left, size, await hashOfFile(path));
      }
      await file?.close();
    }
    const origin = { url, validator: null, byteLength: null };
    return new PartFile(path, await open(path, 'w+'), origin, 0, createHash('sha256'));
  }

  get isComplete(): boolean {
    return this.byteLength === this.origin.byteLength;
  }

  /** Drops every byte: those to come are of another version. */
  async restart(origin: PartOrigin): Promise<void> {
    await this.file.truncate(0);
    this.origin = origin;
    this.byteLength = 0;
    this.hash = createHash('sha256');
    await writeFile(originPath(this.path), JSON.stringify(origin));
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.byteLength; ) {
      const { bytesWritten } = await this.file.write(
        bytes,
        written,
        bytes.byteLength - written,
        this.byteLength + written,
      );
      written += bytesWritten;
    }
    this.hash.update(bytes);
    this.byteLength += bytes.byteLength;
  }

  /** Hexadecimal SHA-256 of every byte; can be taken once. */
  digest(): string {
    return this.hash.digest('hex');
  }

  /** Makes sure that the bytes are on the disk. */
  async close(): Promise<void> {
    await this.file.sync();
    await this.file.close();
  }
}

/** Gives a closed part its final name. */
export async function finishPart(partPath: string, path: string): Promise<void> {
  await rename(partPath, path);
  await rm(originPath(partPath), { force: true });
}

export async function removePart(partPath: string): Promise<void> {
  await rm(partPath, { force: true });
  await rm(originPath(partPath), { force: true });
}

/** Undefined where there is none, or none that this program wrote. */
export async function readOrigin(partPath: string): Promise<PartOrigin | undefined> {
  try {
    const { url, validator, byteLength } = JSON.parse(await readFile(originPath(partPath), 'utf8'));
    const isWhole = byteLength === null || (Number.isSafeInteger(byteLength) && byteLength >= 0);
    if (typeof url !== 'string' || !(validator === null || typeof validator === 'string') || !isWhole) return undefined;
    return { url, validator, byteLength };
  } catch {
    return undefined;
  }
}

function originPath(partPath: string): string {
  return `${partPath}.json`;
}
