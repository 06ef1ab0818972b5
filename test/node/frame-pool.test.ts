import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openFramePool } from '../../dist/node/frame-pool.js';
import { temporaryFolder } from '../cli/terminal.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'bin/featurescope.js');
const RENDER = ['render', 'assets/still-life.png', '--weights', 'embedded', '--img-size', '96', '--layers', 'conv1'];
const folder = temporaryFolder();

const job = () => ({
  values: Float32Array.of(1, 2, 3, 4),
  count: 1,
  firstMap: 0,
  shape: { filters: 1, slices: 1, height: 2, width: 2 },
  layer: 'conv1',
  tap: 'conv',
  range: null,
  ownRange: { percentile: null, symmetric: false },
  style: { frameWidth: 4, frameHeight: 4, colormap: 'viridis', smooth: false, legend: false },
});

it('a draw fails, and does not wait for ever, where its thread has ended', async () => {
  const pool = openFramePool(1);
  const [drawn] = await pool.draw(job(), null);
  expect(drawn!.range).toEqual({ lo: 1, hi: 4 });
  await pool.close();
  await expect(pool.draw(job(), null)).rejects.toThrow('a thread that draws has ended');
});

it('abandoned draws end at once and write no more; later ones get new threads', async () => {
  const pool = openFramePool(1);
  const saved = join(folder, 'abandoned');
  mkdirSync(saved);
  const fileNames = Array.from({ length: 64 }, (_, i) => `${i}.png`);
  const style = { ...job().style, frameWidth: 16384, frameHeight: 16384, smooth: true };
  // Minutes of work.
  const endless = { ...job(), values: new Float32Array(256).fill(1), count: 64, style };
  const draws = [pool.draw(endless, { folder: saved, fileNames }), pool.draw(job(), null)];
  const outcomes = Promise.allSettled(draws);
  await pool.abandon();
  expect(await outcomes).toEqual(
    draws.map(() => ({ status: 'rejected', reason: new Error('a thread that draws has ended') })),
  );
  rmSync(saved, { recursive: true });
  const [drawn] = await pool.draw(job(), null);
  expect(drawn!.range).toEqual({ lo: 1, hi: 4 });
  // Nothing is under way, so nothing ends.
  await pool.abandon();
  expect(await pool.draw(job(), null)).toHaveLength(1);
  await pool.close();
});

it.skipIf(process.platform !== 'linux')(
  'too little address space is one line that says so, where it is too little',
  () => {
    const out = join(folder, 'cramped');
    const command = `ulimit -v 20000000 && exec "$0" "$@"`;
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', command, process.execPath, BIN, ...RENDER, '--quiet', '--out', out],
      { cwd: ROOT, encoding: 'utf8' },
    );
    // Node 24 and later do with less.
    const isEnough = status === 0;
    expect([status, stderr]).toEqual([
      isEnough ? 0 : 5,
      isEnough
        ? ''
        : 'featurescope: not enough address space to draw in; raise its limit (ulimit -v), or set NODE_OPTIONS=--disable-wasm-trap-handler\n',
    ]);
    expect(existsSync(out)).toBe(isEnough);
  },
);

it('a run writes nothing but its folder: no telemetry, no identifier, no cache', () => {
  const home = join(folder, 'home');
  const { CI, XDG_CACHE_HOME, ORT_DISABLE_TELEMETRY, ...env } = process.env;
  execFileSync('mkdir', ['-p', home, join(folder, 'tmp')]);
  execFileSync(process.execPath, [BIN, ...RENDER, '--quiet', '--out', join(folder, 'out')], {
    cwd: ROOT,
    env: { ...env, HOME: home, TMPDIR: join(folder, 'tmp') },
  });
  expect(readdirSync(join(folder, 'out', 'resnet18')).length).toBe(1);
  expect([...readdirSync(home), ...readdirSync(join(folder, 'tmp'))]).toEqual([]);
});
