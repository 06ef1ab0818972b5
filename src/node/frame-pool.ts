/** Threads that draw frames. Each has one task in hand and one waiting; whoever submits more waits too, which bounds memory. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { OutputError } from '../errors.js';
import type { DrawJob, DrawnMap } from '../write/draw-frames.js';
import type { FrameReply, FrameTask } from './frame-worker.js';

export interface FramePool {
  /** How many tasks keep every thread busy. */
  readonly capacity: number;
  /** Throws an OutputError where a file cannot be written. */
  draw(job: DrawJob, save: FrameTask['save']): Promise<DrawnMap[]>;
  /** Rejects every draw under way and ends its thread in the middle of whatever it does. Resolves once none of them can write any more. */
  abandon(): Promise<void>;
  close(): Promise<void>;
}

/** More threads than this wait for the disk rather than help. */
const MAX_THREADS = 16;

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve(drawn: DrawnMap[]): void; reject(error: Error): void }>;
  /** Rejects what is waiting for it; no more is given to it. */
  fail(error: Error): void;
}

export function openFramePool(count = Math.min(MAX_THREADS, availableParallelism())): FramePool {
  const threads = new Set<Thread>();
  const open = () => {
    const thread = openThread(() => threads.delete(thread));
    threads.add(thread);
    return thread;
  };
  for (let i = 0; i < count; i++) open();
  let tasks = 0;
  let isClosed = false;
  let ending: Promise<unknown> = Promise.resolve();

  /** Threads that have ended are replaced as they are needed. */
  const nextThread = () => {
    const [idlest] = [...threads].sort((a, b) => a.waiting.size - b.waiting.size);
    return idlest && (idlest.waiting.size === 0 || threads.size === count) ? idlest : open();
  };
  const end = async (ended: readonly Thread[]) => {
    for (const thread of ended) thread.fail(endedError());
    ending = Promise.all([ending, ...ended.map(({ worker }) => worker.terminate())]);
    await ending;
  };

  return {
    capacity: 2 * count,
    draw: (job, save) =>
      new Promise((resolve, reject) => {
        if (isClosed) {
          reject(endedError());
          return;
        }
        const { waiting, worker } = nextThread();
        const task: FrameTask = { id: tasks++, job, save };
        waiting.set(task.id, { resolve, reject });
        worker.postMessage(task, [job.values.buffer as ArrayBuffer]);
      }),
    abandon: () => end([...threads].filter(({ waiting }) => waiting.size > 0)),
    close: () => {
      isClosed = true;
      return end([...threads]);
    },
  };
}

function endedError(): Error {
  return new Error('a thread that draws has ended');
}

function openThread(onEnd: () => void): Thread {
  const worker = new Worker(new URL('./frame-worker.js', import.meta.url));
  const waiting: Thread['waiting'] = new Map();
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    onEnd();
  };
  worker.on('message', (reply: FrameReply) => {
    // What an abandoned thread had just sent arrives nevertheless.
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('drawn' in reply) waiter?.resolve(reply.drawn);
    else waiter?.reject(reply.failed === 'output' ? new OutputError(reply.message) : new Error(reply.message));
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(endedError()));
  return { worker, waiting, fail };
}
