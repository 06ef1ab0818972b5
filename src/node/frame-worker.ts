/** A thread that draws maps and writes their PNG files. */
import { writeFileSync } from 'node:fs';
import { sep } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { FeaturescopeError, OutputError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';
import { createFrameDrawer, type DrawJob, type DrawnMap } from '../write/draw-frames.js';

export interface FrameTask {
  readonly id: number;
  readonly job: DrawJob;
  /** Where to write the files named, one a map; null to write none. */
  readonly save: { readonly folder: string; readonly fileNames: readonly string[] } | null;
}

export type FrameReply =
  | { readonly id: number; readonly drawn: DrawnMap[] }
  | { readonly id: number; readonly failed: 'output' | 'fault'; readonly message: string };

let draw: ReturnType<typeof createFrameDrawer> | undefined;

parentPort!.on('message', ({ id, job, save }: FrameTask) => {
  try {
    draw ??= createFrameDrawer();
    const drawn = draw(job);
    if (save)
      drawn.forEach(({ png }, i) => {
        writeFile(`${save.folder}${sep}${save.fileNames[i]!}`, png);
      });
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
