/** What a transfer needs beside its address: the client, patience, and somebody who watches. */
import { OutputError } from '../errors.js';
import type { Clock } from './clock.js';
import type { HttpClient } from './http-client.js';
import { HttpProblem } from './http-problem.js';

export interface TransferProgress {
  /** The file's name. */
  readonly name: string;
  /** Bytes that are here, those of an earlier attempt included. */
  readonly done: number;
  /** Null where the server does not say. */
  readonly total: number | null;
  /** Over the last five seconds; 0 until there is something to measure. */
  readonly bytesPerSecond: number;
}

export type OnProgress = (progress: TransferProgress) => void;

export interface Transfer {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Bytes that this process may still write in a folder. */
  freeBytes(folder: string): Promise<number>;
}

const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MILLISECONDS = 1000;
const RATE_WINDOW_MILLISECONDS = 5000;

/**
 * Repeats an attempt that ends in a transient HttpProblem, at most six times, after 1, 2, 4, 8 and 16 seconds, each
 * shortened by chance to as little as half, so that many clients of one server do not come back together.
 */
export async function withRetries<T>({ clock, signal }: Transfer, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      failures++;
      if (!(error instanceof HttpProblem) || error.kind !== 'transient') throw error;
      if (failures === MAX_ATTEMPTS) {
        throw new HttpProblem('final', `${error.message}; given up after ${MAX_ATTEMPTS} attempts`, { cause: error });
      }
      const pause = FIRST_PAUSE_MILLISECONDS * 2 ** (failures - 1);
      await clock.sleep(pause * (1 - clock.random() / 2), signal);
    }
  }
}

/** Reports how far a transfer is, with the rate over the last five seconds. */
export function openMeter(name: string, { clock, onProgress }: Transfer): (done: number, total: number | null) => void {
  let samples: { at: number; done: number }[] = [];
  return (done, total) => {
    if (!onProgress) return;
    const at = clock.now();
    samples = samples.filter((sample) => at - sample.at <= RATE_WINDOW_MILLISECONDS && sample.done <= done);
    samples.push({ at, done });
    const first = samples[0]!;
    const bytesPerSecond = at > first.at ? ((done - first.done) / (at - first.at)) * 1000 : 0;
    onProgress({ name, done, total, bytesPerSecond });
  };
}

/** Throws an OutputError where a folder has no room for so many bytes more. */
export async function checkSpace(folder: string, missing: number, { freeBytes }: Transfer): Promise<void> {
  const free = await freeBytes(folder);
  if (missing <= free) return;
  throw new OutputError(
    `${folder}: ${missing} more bytes are needed and ${free} are free; make room, or name another folder in FEATURESCOPE_CACHE`,
  );
}
