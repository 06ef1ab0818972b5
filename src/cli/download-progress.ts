/** The line that shows a download: how much, how fast, how long still. */
import type { Output } from './terminal.js';

export interface DownloadProgress {
  update(progress: { readonly done: number; readonly total: number | null; readonly bytesPerSecond: number }): void;
  close(): void;
}

const TERMINAL_INTERVAL = 100;
const PLAIN_INTERVAL = 5000;

export function openDownloadProgress(output: Output, now: () => number = () => performance.now()): DownloadProgress {
  const interval = output.isTTY ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
  let next = 0;
  let isDrawn = false;
  return {
    update({ done, total, bytesPerSecond }) {
      if (now() < next) return;
      next = now() + interval;
      const size = total === null ? megabytes(done) : `${megabytes(done)} of ${megabytes(total)}`;
      const rest =
        total === null || bytesPerSecond <= 0 ? '' : `, ${Math.ceil((total - done) / bytesPerSecond)} s left`;
      const line = `downloading weights  ${size}, ${megabytes(bytesPerSecond)}/s${rest}`;
      output.write(output.isTTY ? `\r\x1b[2K${line.slice(0, (output.columns ?? 80) - 1)}` : `${line}\n`);
      isDrawn = true;
    },
    close() {
      if (isDrawn && output.isTTY) output.write('\r\x1b[2K');
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
