/** Runs tasks side by side and accepts their results in the order in which they were pushed. */
export interface OrderedQueue {
  /** Starts a task once fewer than `capacity` are under way. Throws the first error of any task or acceptance. */
  push<T>(start: () => Promise<T>, accept: (result: T) => Promise<void>): Promise<void>;
  /** Waits until all results are accepted. */
  finish(): Promise<void>;
}

export function inOrder(capacity: number): OrderedQueue {
  const underWay: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  return {
    async push(start, accept) {
      while (underWay.length >= capacity) await underWay.shift();
      const before = last;
      const result = start();
      last = (async () => accept((await Promise.all([result, before]))[0]))();
      // An error is thrown where the promise is awaited; until then it must not count as unhandled.
      last.catch(() => {});
      underWay.push(last);
    },
    async finish() {
      await last;
    },
  };
}
