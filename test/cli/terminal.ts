import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
// The built program, because its threads are built files.
import { run } from '../../dist/cli/run.js';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the command line with a process of our own, `render` with the embedded weights unless others are named. `onReady` gets a function that sends it a Ctrl-C. */
export async function featurescope(
  args: readonly string[],
  onReady?: (interrupt: () => void) => void,
): Promise<Outcome> {
  const needsWeights =
    args[0] === 'render' && !args.includes('--weights') && !args.some((arg) => /\.(onnx|pt)$/.test(arg));
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    write: (text: string) => {
      written[name] += text;
    },
  });
  onReady?.(() => {
    for (const listener of listeners) listener();
  });
  const code = await run({
    argv: ['node', 'featurescope', ...args, ...(needsWeights ? ['--weights', 'embedded'] : [])],
    stdout: output('stdout'),
    stderr: output('stderr'),
    on: (_signal, listener) => listeners.add(listener),
    off: (_signal, listener) => listeners.delete(listener),
  });
  return { code, ...written };
}

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'featurescope-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
