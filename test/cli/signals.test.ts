import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { run } from '../../dist/cli/run.js';
import { temporaryFolder } from './terminal.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'bin/featurescope.js');
const IMAGE = join(ROOT, 'assets/still-life.png');
const RENDER = ['--weights', 'embedded', '--no-predictions', '--layers', 'conv1', '--quiet'];
/** 64 frames that one thread draws for minutes before it answers. */
const ENDLESS = [...RENDER, '--img-size', '32', '--frame-size', '16384', '--legend', '--smooth', '--video'];
const INTERRUPTED = 'featurescope: interrupted; no unfinished run folder was left behind\n';

const folder = temporaryFolder();

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** The program, until it ends; what does not end in half a minute is killed, which `signal` then says. */
function start(args: readonly string[]): { child: ChildProcess; ended: Promise<Outcome> } {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
  return { child, ended };
}

async function until(isSo: () => boolean, child: ChildProcess): Promise<void> {
  while (!isSo() && child.exitCode === null && child.signalCode === null) await sleep(5);
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const entries = (path: string) => (existsSync(path) ? readdirSync(path) : []);

it.skipIf(process.platform === 'win32').each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends draws under way, and nothing is left', async (signal, code) => {
  const above = join(folder, signal);
  mkdirSync(above);
  const out = join(above, 'new', 'out');
  const { child, ended } = start(['render', IMAGE, ...ENDLESS, '--out', out]);
  await until(() => entries(join(out, 'resnet18')).length > 0, child);
  // Time for a draw to begin; the outcome is the same where it has not.
  await sleep(500);
  child.kill(signal);
  expect(await ended).toEqual({ code, signal: null, stderr: INTERRUPTED });
  // Folders that the run had made are gone, others stay.
  expect(entries(above)).toEqual([]);
});

it.skipIf(process.platform === 'win32')('images that were finished before keep their folders', async () => {
  const out = join(folder, 'several');
  const images = Array.from({ length: 6 }, () => IMAGE);
  const args = [...RENDER, '--img-size', '64', '--layers', 'layer*', '--out', out];
  const { child, ended } = start(['render', ...images, ...args]);
  const runs = () => entries(join(out, 'resnet18'));
  await until(() => runs().some((name) => !name.startsWith('.')), child);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: 130, signal: null, stderr: INTERRUPTED });
  const left = runs();
  expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
  expect([left.length > 0, left.length < images.length]).toEqual([true, true]);
  for (const name of left) expect(readdirSync(join(out, 'resnet18', name))).toContain('manifest.json');
});

it('a second signal of either kind finds no listener, so that its default action ends the process', async () => {
  const out = join(folder, 'second');
  const listeners = new Map<string, () => void>();
  let stderr = '';
  const ended = run({
    argv: ['node', 'featurescope', 'render', IMAGE, ...ENDLESS, '--out', out],
    stdout: { write: () => {} },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
    on: (signal, listener) => listeners.set(signal, listener),
    off: (signal) => listeners.delete(signal),
  });
  expect([...listeners.keys()]).toEqual(['SIGINT', 'SIGTERM']);
  listeners.get('SIGTERM')!();
  expect([...listeners.keys()]).toEqual([]);
  expect(await ended).toBe(143);
  expect([stderr, existsSync(out)]).toEqual([INTERRUPTED, false]);
});
