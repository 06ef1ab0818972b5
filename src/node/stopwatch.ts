/** Time by stage, however often each is entered. Milliseconds, to a tenth. */
export interface Stopwatch {
  /** From now on time counts for `stage`. */
  enter(stage: string): void;
  /** The stages so far, in the order in which they were first entered, and their `total`. */
  timings(): Record<string, number>;
}

export function stopwatch(first: string): Stopwatch {
  const start = performance.now();
  const spent = new Map([[first, 0]]);
  let stage = first;
  let since = start;
  const enter = (next: string) => {
    const now = performance.now();
    spent.set(stage, spent.get(stage)! + now - since);
    if (!spent.has(next)) spent.set(next, 0);
    stage = next;
    since = now;
  };
  return {
    enter,
    timings() {
      enter(stage);
      const stages = [...spent].map(([name, milliseconds]) => [name, tenths(milliseconds)]);
      return { ...Object.fromEntries(stages), total: tenths(since - start) };
    },
  };
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
