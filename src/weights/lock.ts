/**
 * A lock between processes: a file that only one can create. Its holder touches it again and again, so that the lock of
 * a process that died, on this machine or on another that shares the folder, is noticed and taken over.
 */
import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Clock } from './clock.js';

const HEARTBEAT_MILLISECONDS = 10_000;
/** Six heartbeats missed. */
const STALE_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 200;

export interface LockOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Called now and then while another process holds the lock. */
  readonly onWait?: () => Promise<void>;
}

interface Holder {
  readonly token: string;
  readonly process: number;
  readonly host: string;
}

/** Runs `work` while this call alone holds the lock at `path`. Throws what node:fs and `work` throw. */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const { clock, signal, onWait } = options;
  const holder: Holder = { token: randomUUID(), process: process.pid, host: hostname() };
  while (!(await create(path, holder))) {
    signal?.throwIfAborted();
    if (await takeAwayStale(path)) continue;
    await onWait?.();
    await clock.sleep(POLL_MILLISECONDS, signal);
  }
  const touch = () => {
    const now = new Date();
    // Where the file is gone there is nothing to keep.
    utimes(path, now, now).catch(() => {});
  };
  const heartbeat = setInterval(touch, HEARTBEAT_MILLISECONDS).unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readHolder(path))?.token === holder.token) await rm(path, { force: true });
  }
}

async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(JSON.stringify(holder));
    await file.close();
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** Whether the lock's place is free now. */
async function takeAwayStale(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  const touched = await stat(path).catch(() => undefined);
  if (!touched) return true;
  const isStale = Date.now() - touched.mtimeMs > STALE_MILLISECONDS || (holder !== undefined && isDead(holder));
  if (!isStale) return false;
  // Only one of several that found it stale can move this very file away.
  const taken = `${path}.${randomUUID()}`;
  try {
    await rename(path, taken);
  } catch {
    return true;
  }
  // Somebody else was quicker and this is the new lock: back with it, unless its place is taken.
  if ((await readHolder(taken))?.token !== holder?.token) await link(taken, path).catch(() => {});
  await rm(taken, { force: true });
  return true;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function isDead({ process: id, host }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(id, 0);
    return false;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
