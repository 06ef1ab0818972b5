/** A folder that appears complete or not at all: written beside its final name and renamed at the end. */
import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OutputError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';
import { makeFolder } from '../files/make-folder.js';

export interface RunFolder {
  /** Where it will be. */
  readonly path: string;
  /** Where files go until then. */
  readonly workPath: string;
  /** Gives the folder its name. */
  commit(): void;
  /** Removes all that was written, and the folders above it that were made for it, where nothing else is in them. */
  discard(): void;
}

/** How many runs of one second get a name (`20240610_153000`, `20240610_153000_2`, ...). */
const MAX_RUNS_PER_SECOND = 10_000;

/**
 * Reserves `<root>/<model>/<YYYYMMDD_HHMMSS>`, local time. The work folder's own name is the lock: making it fails for whoever comes second, who
 * takes the next suffix. Throws an OutputError where the folder cannot be made.
 */
export function openRunFolder(root: string, model: string, now: Date): RunFolder {
  const parent = join(root, model);
  const missing = missingFolders(parent);
  try {
    return reserveFolder(parent, timestamp(now), missing);
  } catch (error) {
    removeEmpty(missing);
    throw error;
  }
}

function reserveFolder(parent: string, second: string, made: readonly string[]): RunFolder {
  attempt(parent, () => makeFolder(parent));
  for (let run = 1; run <= MAX_RUNS_PER_SECOND; run++) {
    const name = run === 1 ? second : `${second}_${run}`;
    const path = join(parent, name);
    const workPath = join(parent, `.${name}.partial`);
    if (existsSync(path) || !attempt(path, () => makeExclusively(workPath))) continue;
    if (existsSync(path)) {
      // Whoever held the lock before finished between the two looks; from here on only its holder makes `path`.
      rmSync(workPath, { recursive: true });
      continue;
    }
    return {
      path,
      workPath,
      commit: () => attempt(path, () => renameSync(workPath, path)),
      discard: () => {
        rmSync(workPath, { recursive: true, force: true });
        removeEmpty(made);
      },
    };
  }
  throw new OutputError(`${parent}: ${MAX_RUNS_PER_SECOND} runs already have this second's name; use another --out`);
}

export function writeRunFile(folder: RunFolder, name: string, bytes: Uint8Array | string): void {
  attempt(join(folder.path, name), () => writeFileSync(join(folder.workPath, name), bytes));
}

/** Of `path` and the folders above it those that are not there, deepest first. */
function missingFolders(path: string): string[] {
  const above = dirname(path);
  return existsSync(path) || above === path ? [] : [path, ...missingFolders(above)];
}

function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch {
      // Others have put something into it, or it never came to be.
    }
  }
}

function makeExclusively(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'ENOENT') throw cause;
    // A run beside this one had made the folder above, failed and removed it.
    makeFolder(dirname(path));
    mkdirSync(path);
    return true;
  }
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new OutputError(`cannot write ${describeFileError(path, cause)}`, { cause });
  }
}

function timestamp(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${date}_${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
