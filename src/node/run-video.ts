/** The video of one run: inside its folder, or at an absolute path of its own where it appears complete or not at all as well. */
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync, writevSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { OutputError } from '../errors.js';
import { describeFileError, isFileError } from '../files/file-errors.js';
import { type AviOptions, openAvi } from '../write/avi.js';
import type { ManifestVideo } from '../write/manifest.js';
import type { RunFolder } from './run-folder.js';

export interface RunVideo {
  addFrames(pngs: readonly Uint8Array[]): Promise<void>;
  /** Finishes the file. */
  finish(frames: number): Promise<ManifestVideo>;
  /** Gives the file its final name. */
  commit(): void;
  /** Removes it, under either name. */
  discard(): void;
}

/** `file` is relative to the run folder, or absolute. Throws an OutputError where it exists or cannot be written. */
export async function openRunVideo(folder: RunFolder, file: string, options: AviOptions): Promise<RunVideo> {
  const path = isAbsolute(file) ? file : join(folder.path, file);
  const workPath = isAbsolute(file) ? `${file}.partial` : join(folder.workPath, file);
  const explain = (cause: unknown): never => {
    if (!isFileError(cause)) throw cause;
    throw new OutputError(`cannot write ${describeFileError(path, cause)}`, { cause });
  };
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      return explain(cause);
    }
  };

  if (existsSync(path))
    throw new OutputError(`${path}: already exists, and nothing is overwritten; choose another --video-filename`);
  // A partial file of a run that was killed is ours to replace.
  const descriptor = attempt(() => openSync(workPath, 'w'));
  let isOpen = true;
  let byteLength = 0;
  let isCommitted = false;
  const close = () => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  const avi = await openAvi(
    {
      write: (chunks) => {
        byteLength += writeAll(descriptor, chunks);
      },
      writeAt: (offset, bytes) => {
        for (let done = 0; done < bytes.byteLength; ) {
          done += writeSync(descriptor, bytes, done, bytes.byteLength - done, offset + done);
        }
      },
    },
    options,
  ).catch((cause) => {
    close();
    rmSync(workPath, { force: true });
    return explain(cause);
  });
  return {
    addFrames: (pngs) => avi.addFrames(pngs).catch(explain),
    finish: async (frames) => {
      await avi.close().catch(explain);
      close();
      const { frameRate, width, height } = options;
      return { file, frameRate, frames, width, height, byteLength };
    },
    commit: () => {
      if (workPath === path || !isAbsolute(file)) return;
      attempt(() => renameSync(workPath, path));
      isCommitted = true;
    },
    discard: () => {
      close();
      rmSync(isCommitted ? path : workPath, { force: true });
    },
  };
}

/** Buffers of one system call: Linux and macOS take at most 1024 (IOV_MAX). */
const BUFFERS_PER_CALL = 1024;

function writeAll(descriptor: number, chunks: readonly Uint8Array[]): number {
  let total = 0;
  for (let first = 0; first < chunks.length; first += BUFFERS_PER_CALL) {
    let rest = chunks.slice(first, first + BUFFERS_PER_CALL);
    while (rest.length > 0) {
      let written = writevSync(descriptor, rest);
      total += written;
      while (rest.length > 0 && written >= rest[0]!.byteLength) written -= rest.shift()!.byteLength;
      if (rest.length > 0) rest = [rest[0]!.subarray(written), ...rest.slice(1)];
    }
  }
  return total;
}
