/** A thread that draws maps and writes their PNG files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { FeaturescopeError, OutputError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';
import { createFrameDrawer, type DrawJob, type DrawnMap } from '../write/draw-frames.js';
import { practiceJobs } from './practice.js';

export interface FrameTask {
  readonly id: number;
  readonly job: DrawJob;
  /** Where to write the files named, one a map; null to write none. */
  readonly save: { readonly folder: string; readonly fileNames: readonly string[] } | null;
}

export type FrameReply =
  | { readonly id: number; readonly drawn: DrawnMap[] }
  | { readonly id: number; readonly failed: 'output' | 'fault'; readonly message: string };

const draw = createFrameDrawer();

let isPractising = true;
const practice = practiceJobs();
practise();

function practise(): void {
  const job = isPractising ? practice.next().value : undefined;
  if (!job) return;
  draw(job);
  setImmediate(practise);
}

parentPort!.on('message', ({ id, job, save }: FrameTask) => {
  isPractising = false;
  try {
    const drawn = draw(job);
    for (const [i, fileName] of save?.fileNames.entries() ?? []) writeFile(join(save!.folder, fileName), drawn[i]!.png);
    // Copied, not transferred: a thread that ever gave an ArrayBuffer away loses its optimised code and checks every access.
    reply({ id, drawn });
  } catch (cause) {
    // Errors lose their class on the way between threads.
    if (cause instanceof FeaturescopeError) reply({ id, failed: 'output', message: cause.message });
    else reply({ id, failed: 'fault', message: (cause as Error).stack ?? String(cause) });
  }
});

function writeFile(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch (cause) {
    throw new OutputError(`cannot write ${describeFileError(path, cause)}`, { cause });
  }
}

function reply(message: FrameReply): void {
  parentPort!.postMessage(message);
}
