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
/** Of a title that is longer than this the bar leaves no less. */
const LEAST_TITLE = 16;
const DEFAULT_COLUMNS = 80;

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
      const count = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} maps`;
      if (output.isTTY) {
        // A full last column would wrap the line.
        const room = (output.columns || DEFAULT_COLUMNS) - 1;
        output.write(`\r\x1b[2K${fitLine(title, done / total, count, room)}`);
      } else output.write(`${title}  ${bar(done / total)} ${percent(done / total)}  ${count}\n`);
      isDrawn = true;
    },
    close() {
      if (isDrawn && output?.isTTY) output.write('\r\x1b[2K');
    },
  };
}

/** The number matters most, then the end of the title, then the bar. */
function fitLine(title: string, fraction: number, count: string, room: number): string {
  const numbers = `${percent(fraction)}  ${count}`;
  const withBar = `${bar(fraction)} ${numbers}`;
  const hasBar = room - withBar.length - 2 >= Math.min(title.length, LEAST_TITLE);
  const end = hasBar ? withBar : numbers;
  const start = shorten(title, room - end.length - 2);
  return `${start && `${start}  `}${end}`.slice(0, Math.max(0, room));
}

/** The end of a path tells more than its start. */
function shorten(title: string, room: number): string {
  if (title.length <= room) return title;
  return room < 2 ? '' : `…${title.slice(1 - room)}`;
}

function bar(fraction: number): string {
  const full = Math.round(fraction * BAR_CELLS);
  return '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
}

function percent(fraction: number): string {
  return `${String(Math.floor(fraction * 100)).padStart(3)} %`;
}
