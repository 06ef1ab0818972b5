/** Time by stage: each lap is named at its end. Milliseconds, to a tenth. */
export interface Stopwatch {
  lap(stage: string): void;
  /** The laps so far and their `total`. */
  laps(): Record<string, number>;
}

export function stopwatch(): Stopwatch {
  const start = performance.now();
  const laps: Record<string, number> = {};
  let last = start;
  return {
    lap(stage) {
      const now = performance.now();
      laps[stage] = tenths(now - last);
      last = now;
    },
    laps: () => ({ ...laps, total: tenths(last - start) }),
  };
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
