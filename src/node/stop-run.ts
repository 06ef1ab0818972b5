/** How a run ends before its time: threads, which may be in the middle of minutes of work, and the layers still to come. */
import type { Activation } from '../run/capture.js';
import type { FramePool } from './frame-pool.js';

/** Ends a run before its time, by its own error or by `signal`: afterwards no thread writes for it, and nothing more is drawn or accepted. */
export function openStop(pool: FramePool, signal: AbortSignal | undefined) {
  const stop = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
  });
  stopped.catch(() => {});
  /** Returns what stopped it first. */
  const now = async (reason: unknown): Promise<unknown> => {
    stop.abort(reason);
    await pool.abandon();
    return stop.signal.reason;
  };
  const interrupt = () => now(signal?.reason);
  signal?.addEventListener('abort', interrupt);
  return {
    checkpoint: () => stop.signal.throwIfAborted(),
    stopped,
    now,
    close: () => signal?.removeEventListener('abort', interrupt),
  };
}

/** Lets a signal arrive before each layer. Not a generator of its own, whose variable would hold a layer while the network runs for the next. */
export function checkedBefore(
  activations: AsyncGenerator<Activation>,
  checkpoint: () => void,
): AsyncGenerator<Activation> {
  const next = activations.next.bind(activations);
  return Object.assign(activations, {
    next: async () => {
      await new Promise(setImmediate);
      checkpoint();
      return next();
    },
  });
}
