import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/run.js';
import { fileAtUrl } from '../../src/weights/remote-file.js';
import { sampleBytes, sendFile, serve, sha256, testMachine } from './server.js';

const BYTES = sampleBytes(5003);

afterEach(() => {
  vi.unstubAllEnvs();
});

function setUp() {
  const machine = testMachine();
  vi.stubEnv('FEATURESCOPE_CACHE', machine.cache);
  vi.stubEnv('TORCH_HOME', join(machine.home, 'torch'));
  const weights = async (...args: string[]) => {
    const written = { stdout: '', stderr: '' };
    const output = (name: 'stdout' | 'stderr') => ({
      write: (text: string) => {
        written[name] += text;
      },
    });
    const [stdout, stderr] = [output('stdout'), output('stderr')];
    const argv = ['node', 'featurescope', 'weights', ...args];
    const code = await run({ argv, stdout, stderr, on: () => {}, off: () => {} });
    return { code, ...written };
  };
  return { weights, cache: machine.cache };
}

it('pulls, finds, verifies and removes', async () => {
  const { weights, cache } = setUp();
  const server = await serve(sendFile(BYTES));
  const url = `${server.url}/net.pth`;
  const path = join(cache, fileAtUrl(url).fileName);
  expect(await weights('verify')).toEqual({ code: 0, stdout: `${cache} holds no weights\n`, stderr: '' });
  expect(await weights('path', url)).toEqual({
    code: 4,
    stdout: '',
    stderr: `featurescope: ${url}: not on this machine; run \`featurescope weights pull ${url}\`\n`,
  });
  expect(await weights('pull', url)).toMatchObject({ code: 0, stdout: `${path}\n` });
  expect(await weights('path', url)).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' });
  expect(await weights('verify')).toEqual({ code: 0, stdout: `ok     ${path}\n`, stderr: '' });

  const damaged = BYTES.map((byte, index) => (index === 5000 ? byte ^ 1 : byte));
  writeFileSync(path, damaged);
  writeFileSync(join(cache, 'notes'), '');
  const begins = `its SHA-256 begins with ${sha256(damaged).slice(0, 8)}, expected ${sha256(BYTES).slice(0, 8)}`;
  expect(await weights('verify')).toEqual({
    code: 4,
    stdout: `wrong  ${join(cache, 'notes')}: nothing is known of this file\nwrong  ${path}: ${begins}\n`,
    stderr: 'featurescope: 2 of 2 files are not what they should be; remove them\n',
  });
  expect(await weights('remove', url)).toEqual({ code: 0, stdout: `removed ${path}\n`, stderr: '' });
  expect([existsSync(path), existsSync(`${path}.json`)]).toEqual([false, false]);
  expect((await weights('remove', url)).stdout).toBe(`${fileAtUrl(url).fileName} is not in ${cache}\n`);
});

it('lists what is known, as a table and as JSON', async () => {
  const { weights, cache } = setUp();
  const { code, stdout } = await weights('list');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe(
    `Published by torchvision under BSD-3-Clause; \`imagenet\` means IMAGENET1K_V1. Cache: ${cache}`,
  );
  expect(lines.length).toBe(2 + 2 + 91);
  expect(lines.find((line) => line.startsWith('alexnet'))).toMatch(/^alexnet +AlexNet_Weights\.IMAGENET1K_V1 +244\.4$/);
  const list = JSON.parse((await weights('list', '--json')).stdout);
  expect(list.length).toBe(91);
  expect(list[0]).toMatchObject({ architecture: 'alexnet', sha256Prefix: '7be5be79', path: null });
});

it('does not know every name', async () => {
  const { weights } = setUp();
  expect(await weights('pull', 'resnet81')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'featurescope: resnet81: no such weights; the nearest are resnet18, resnet34, resnet50\n',
  });
});
