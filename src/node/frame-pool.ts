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
  /** Waits until every draw under way has ended, however it ends. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** More threads than this wait for the disk rather than help. */
const MAX_THREADS = 16;

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve(drawn: DrawnMap[]): void; reject(error: Error): void }>;
  /** Why it answers no more. */
  failure?: Error;
}

export function openFramePool(threads = Math.min(MAX_THREADS, availableParallelism())): FramePool {
  const pool = Array.from({ length: threads }, openThread);
  const underWay = new Set<Promise<unknown>>();
  let tasks = 0;

  const submit = (job: DrawJob, save: FrameTask['save']) =>
    new Promise<DrawnMap[]>((resolve, reject) => {
      const thread = pool.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
      if (thread.failure) {
        reject(thread.failure);
        return;
      }
      const task: FrameTask = { id: tasks++, job, save };
      thread.waiting.set(task.id, { resolve, reject });
      thread.worker.postMessage(task, [job.values.buffer as ArrayBuffer]);
    });

  return {
    capacity: 2 * threads,
    draw: (job, save) => {
      const drawn = submit(job, save);
      underWay.add(drawn);
      return drawn.finally(() => underWay.delete(drawn));
    },
    settle: async () => {
      await Promise.allSettled(underWay);
    },
    close: async () => {
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
    },
  };
}

function openThread(): Thread {
  const worker = new Worker(new URL('./frame-worker.js', import.meta.url));
  const thread: Thread = { worker, waiting: new Map() };
  worker.on('message', (reply: FrameReply) => {
    const { resolve, reject } = thread.waiting.get(reply.id)!;
    thread.waiting.delete(reply.id);
    if ('drawn' in reply) resolve(reply.drawn);
    else reject(reply.failed === 'output' ? new OutputError(reply.message) : new Error(reply.message));
  });
  const fail = (error: Error) => {
    thread.failure ??= error;
    for (const { reject } of thread.waiting.values()) reject(thread.failure);
    thread.waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a thread that draws has ended')));
  return thread;
}
