import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './terminal.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'bin/featurescope.js');
const IMAGE = join(ROOT, 'assets/still-life.png');
const RENDER = [
  'render',
  IMAGE,
  '--weights',
  'embedded',
  '--img-size',
  '32',
  '--layers',
  'conv1',
  '--frame-size',
  '20',
];
/** Every write to it fails for want of space. */
const FULL = '/dev/full';

const folder = temporaryFolder();

type Stream = 'pipe' | 'full' | 'nobody reads';

/** Its exit code and stderr; a stream may be one that fails. */
async function featurescope(args: readonly string[], stdout: Stream, stderr: Stream = 'pipe') {
  const full = [stdout, stderr].includes('full') ? openSync(FULL, 'w') : undefined;
  const stdio = (stream: Stream) => (stream === 'full' ? full! : 'pipe');
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', stdio(stdout), stdio(stderr)],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  if (full !== undefined) closeSync(full);
  if (stdout === 'nobody reads') child.stdout!.destroy();
  else child.stdout?.resume();
  let text = '';
  if (stderr === 'nobody reads') child.stderr!.destroy();
  else
    child.stderr?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { code, stderr: text };
}

it('a reader that has seen enough is no error, and the run goes on', async () => {
  const out = join(folder, 'unread');
  expect(await featurescope([...RENDER, '--json', '--quiet', '--out', out], 'nobody reads')).toEqual({
    code: 0,
    stderr: '',
  });
  expect(readdirSync(join(out, 'resnet18'))).toHaveLength(1);
  expect(await featurescope(['layers', 'resnet152', '--json'], 'nobody reads')).toEqual({ code: 0, stderr: '' });
});

it('the exit code stays what it is where nobody reads the errors', async () => {
  const outcome = await featurescope(['layers', 'resnet81'], 'pipe', 'nobody reads');
  expect(outcome.code).toBe(2);
});

describe.skipIf(!existsSync(FULL))('a full disk', () => {
  const message = 'featurescope: cannot write standard output: no space left on the disk\n';

  it.each([
    ['a table', ['layers', 'resnet18']],
    ['help', ['--help']],
    ['a manifest', [...RENDER, '--json', '--out', join(folder, 'full')]],
  ])('behind stdout is one line and exit code 5: %s', async (_name, args) => {
    expect(await featurescope(args, 'full')).toEqual({ code: 5, stderr: message });
  });

  it('behind stdout is no matter where nothing is written to it', async () => {
    expect(await featurescope([...RENDER, '--quiet', '--out', join(folder, 'quiet')], 'full')).toEqual({
      code: 0,
      stderr: '',
    });
  });

  it('behind stdout does not hide what went wrong before', async () => {
    const none = join(folder, 'none.png');
    expect(await featurescope(['render', none, '--weights', 'embedded'], 'full')).toEqual({
      code: 3,
      stderr: `featurescope: ${none}: no such file or folder\n`,
    });
  });

  it('behind stderr changes nothing', async () => {
    expect(await featurescope(['layers', 'resnet18'], 'pipe', 'full')).toMatchObject({ code: 0 });
    expect(await featurescope(['layers', 'resnet81'], 'pipe', 'full')).toMatchObject({ code: 2 });
  });
});
