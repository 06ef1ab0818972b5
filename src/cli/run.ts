/** The command line as a function of a process, so that tests need no child process. The exit code is decided here and nowhere else. */
import { CommanderError } from 'commander';
import { type ErrorKind, FeaturescopeError } from '../errors.js';
import { createProgram } from './program.js';
import { type InterruptSignal, type Terminal, watchStreams } from './terminal.js';

export const EXIT_CODES = { done: 0, fault: 1, usage: 2, input: 3, model: 4, output: 5 } as const;

/** 128 and the signal's number, as shells report a process that it ended. */
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs `argv` and returns the exit code. Never throws; errors are one or two lines on stderr. */
export async function run(terminal: Terminal): Promise<number> {
  const finishOutput = watchStreams(terminal);
  const interruption = watchSignals(terminal);
  let code: number = EXIT_CODES.done;
  try {
    await createProgram(terminal, interruption.signal).parseAsync([...terminal.argv]);
  } catch (error) {
    code = report(error, terminal, interruption.cause());
  } finally {
    interruption.unwatch();
  }
  try {
    await finishOutput();
    return code;
  } catch (error) {
    const outputCode = report(error, terminal, undefined);
    return code === EXIT_CODES.done ? outputCode : code;
  }
}

/** The first signal interrupts the run; the next finds no listener, and so ends the process at once. */
function watchSignals(terminal: Terminal) {
  const interruption = new AbortController();
  let cause: InterruptSignal | undefined;
  const interruptBy = (signal: InterruptSignal) => () => {
    unwatch();
    cause = signal;
    interruption.abort();
  };
  const listeners = { SIGINT: interruptBy('SIGINT'), SIGTERM: interruptBy('SIGTERM') };
  const unwatch = () => {
    terminal.off('SIGINT', listeners.SIGINT);
    terminal.off('SIGTERM', listeners.SIGTERM);
  };
  terminal.on('SIGINT', listeners.SIGINT);
  terminal.on('SIGTERM', listeners.SIGTERM);
  return { signal: interruption.signal, cause: () => cause, unwatch };
}

function report(error: unknown, { stderr }: Terminal, interruption: InterruptSignal | undefined): number {
  if (interruption) {
    // Images of the same command that were finished before keep theirs.
    stderr.write('featurescope: interrupted; no unfinished run folder was left behind\n');
    return INTERRUPTED[interruption];
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
