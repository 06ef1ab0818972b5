/** The part of node's process that the command line uses, and what becomes of errors of its streams. */
import { OutputError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';

export interface Terminal {
  readonly argv: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
  on(signal: InterruptSignal, listener: () => void): unknown;
  off(signal: InterruptSignal, listener: () => void): unknown;
}

export type InterruptSignal = 'SIGINT' | 'SIGTERM';

/** One that cannot fail, as in memory, needs `write` alone. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** What is not written yet. */
  readonly writableLength?: number;
  write(text: string, done?: () => void): unknown;
  on?(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/**
 * From now on errors of the streams do not end the process. Returns a function that waits until all of stdout is written, and throws an OutputError
 * where it cannot be. A reader that has seen enough, as `head`, is no error, and nobody could be told of those of stderr.
 */
export function watchStreams({ stdout, stderr }: Terminal): () => Promise<void> {
  let failure: NodeJS.ErrnoException | undefined;
  stdout.on?.('error', (error) => {
    // Later ones only follow from the first.
    failure ??= error;
  });
  stderr.on?.('error', () => {});
  return async () => {
    if (stdout.writableLength) await new Promise<void>((resolve) => stdout.write('', resolve));
    // Streams tell of an error one turn after it.
    await new Promise(setImmediate);
    if (failure && failure.code !== 'EPIPE')
      throw new OutputError(`cannot write ${describeFileError('standard output', failure)}`, { cause: failure });
  };
}
