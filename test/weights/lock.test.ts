import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/weights/clock.js';
import { withLock } from '../../src/weights/lock.js';
import { pullWeights } from '../../src/weights/resolve-weights.js';
import { remoteFile, sampleBytes, sendFile, sendSome, serve, testClock, testMachine } from './server.js';

const BYTES = sampleBytes(50_001);
const BUILT = fileURLToPath(new URL('../../dist/weights/resolve-weights.js', import.meta.url));

function lockPath(): string {
  const { cache } = testMachine();
  mkdirSync(cache);
  return join(cache, 'net.pth.lock');
}

/** The id of a process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

it('lets one call in at a time, in the order they come free', async () => {
  const path = lockPath();
  const inside: string[] = [];
  const work = (name: string) => async () => {
    inside.push(`${name} in`);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    inside.push(`${name} out`);
  };
  await Promise.all(['a', 'b', 'c'].map((name) => withLock(path, { clock: testClock() }, work(name))));
  expect(
    inside
      .filter((_, index) => index % 2 === 0)
      .map((text) => text.slice(0, 1))
      .sort(),
  ).toEqual(['a', 'b', 'c']);
  for (let index = 0; index < 6; index += 2) expect(inside[index + 1]).toBe(inside[index]!.replace('in', 'out'));
  expect(existsSync(path)).toBe(false);
});

it('is free again after a failure', async () => {
  const path = lockPath();
  const fail = () => Promise.reject(new Error('no'));
  await expect(withLock(path, { clock: testClock() }, fail)).rejects.toThrow('no');
  expect(await withLock(path, { clock: testClock() }, async () => 'in')).toBe('in');
});

it('is taken over from a dead process of this machine', async () => {
  const path = lockPath();
  writeFileSync(path, JSON.stringify({ token: 'x', process: deadProcess(), host: hostname() }));
  const clock = testClock();
  expect(await withLock(path, { clock }, async () => 'in')).toBe('in');
  expect(clock.waits).toEqual([]);
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

it('is taken over when nobody has touched it for a minute, whoever holds it', async () => {
  const path = lockPath();
  writeFileSync(path, '');
  const old = new Date(Date.now() - 61_000);
  utimesSync(path, old, old);
  expect(await withLock(path, { clock: testClock() }, async () => 'in')).toBe('in');
});

it.each([
  ['a living process', { process: process.pid, host: hostname() }],
  ['a process of another machine', { process: 1, host: 'elsewhere' }],
])('is left to %s until it aborts', async (_, holder) => {
  const path = lockPath();
  const text = JSON.stringify({ token: 'x', ...holder });
  writeFileSync(path, text);
  const clock = testClock();
  const abort = new AbortController();
  const onWait = async () => {
    if (clock.waits.length === 3) abort.abort();
  };
  await expect(withLock(path, { clock, signal: abort.signal, onWait }, async () => 'in')).rejects.toThrow('aborted');
  expect(clock.waits).toEqual([200, 200, 200, 200]);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it('of two calls for one file has one of them fetch, and both get it', async () => {
  const server = await serve(sendFile(BYTES));
  const machine = testMachine();
  const file = remoteFile(server.url, BYTES);
  const pull = () => pullWeights(file, { machine, clock: testClock() });
  const paths = await Promise.all([pull(), pull(), pull()]);
  expect(new Set(paths)).toEqual(new Set([join(machine.cache, 'net-0000.pth')]));
  expect(server.requests).toEqual(['/net-0000.pth - -']);
});

it.skipIf(!existsSync(BUILT))('holds between processes', async () => {
  // The child gets 20,000 bytes and then nothing, so it holds the lock until it is killed.
  const server = await serve(sendSome(BYTES, 20_000, { stalls: true }), sendFile(BYTES));
  const machine = testMachine();
  const file = remoteFile(server.url, BYTES);
  const program = `
    const { pullWeights } = await import(${JSON.stringify(BUILT)});
    const [file, machine] = ${JSON.stringify([file, machine])};
    await pullWeights(file, { machine, onProgress: ({ done }) => done === 20000 && console.log('begun') });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const seen: number[] = [];
  const clock = {
    ...SYSTEM_CLOCK,
    // Waits for the child's end instead of the clock's.
    sleep: async () => {
      expect(server.requests).toEqual(['/net-0000.pth - -']);
      if (!child.kill('SIGKILL')) return;
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
  const path = await pullWeights(file, { machine, clock, onProgress: ({ done }) => seen.push(done) });
  expect(new Uint8Array(readFileSync(path))).toEqual(BYTES);
  // The child's progress first, then the rest of its own part file.
  expect(seen[0]).toBe(20_000);
  expect(server.requests).toEqual(['/net-0000.pth - -', '/net-0000.pth bytes=20000- "one"']);
});
