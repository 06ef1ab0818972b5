/** One line that shows how far a run is, once it has taken a second: redrawn in place on a terminal, a line now and then elsewhere. */
import type { Output } from './terminal.js';

export interface Progress {
  update(done: number, total: number): void;
  /** Clears the line. */
  close(): void;
}

const SILENT_MILLISECONDS = 1000;
const TERMINAL_INTERVAL = 80;
const PLAIN_INTERVAL = 5000;
const BAR_CELLS = 24;

/** `output` null prints nothing. */
export function openProgress(
  output: Output | null,
  title: string,
  now: () => number = () => performance.now(),
): Progress {
  const start = now();
  const interval = output?.isTTY ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
  let next = start + SILENT_MILLISECONDS;
  let isDrawn = false;
  return {
    update(done, total) {
      if (!output || now() < next) return;
      next = now() + interval;
      const line = `${title}  ${bar(done / total)}  ${done.toLocaleString('en')} of ${total.toLocaleString('en')} maps`;
      output.write(output.isTTY ? `\r\x1b[2K${line.slice(0, (output.columns ?? 80) - 1)}` : `${line}\n`);
      isDrawn = true;
    },
    close() {
      if (isDrawn && output?.isTTY) output.write('\r\x1b[2K');
    },
  };
}

function bar(fraction: number): string {
  const full = Math.round(fraction * BAR_CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${String(Math.floor(fraction * 100)).padStart(3)} %`;
}
