/** The command line as a function of a process, so that tests need no child process. The exit code is decided here and nowhere else. */
import { CommanderError } from 'commander';
import { type ErrorKind, FeaturescopeError } from '../errors.js';
import { createProgram } from './program.js';
import type { Terminal } from './terminal.js';

export const EXIT_CODES = { done: 0, fault: 1, usage: 2, input: 3, model: 4, output: 5, interrupted: 130 } as const;

/** Runs `argv` and returns the exit code. Never throws; errors are one or two lines on stderr. */
export async function run(terminal: Terminal): Promise<number> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  terminal.on('SIGINT', interrupt);
  terminal.on('SIGTERM', interrupt);
  try {
    await createProgram(terminal, interruption.signal).parseAsync([...terminal.argv]);
    return EXIT_CODES.done;
  } catch (error) {
    return report(error, terminal, interruption.signal);
  } finally {
    terminal.off('SIGINT', interrupt);
    terminal.off('SIGTERM', interrupt);
  }
}

function report(error: unknown, { stderr }: Terminal, signal: AbortSignal): number {
  if (signal.aborted) {
    stderr.write('featurescope: interrupted; no run folder was left behind\n');
    return EXIT_CODES.interrupted;
  }
  // commander has printed its own message, and help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
  if (error instanceof FeaturescopeError) {
    stderr.write(`featurescope: ${error.message}\n`);
    return EXIT_CODES[error.kind satisfies ErrorKind];
  }
  stderr.write(`featurescope: a fault of this program, please report it\n${(error as Error)?.stack ?? error}\n`);
  return EXIT_CODES.fault;
}
