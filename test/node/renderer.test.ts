import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openModel, openRenderer, openRuntime, RENDERER_DEFAULTS } from '../../dist/node.js';
import { temporaryFolder } from '../cli/terminal.js';

const IMAGE = fileURLToPath(new URL('../../assets/still-life.png', import.meta.url));
const folder = temporaryFolder();

async function openSmall(out: string) {
  const model = await openModel('resnet18', { weights: 'embedded' });
  return openRenderer(model, await openRuntime(), {
    ...RENDERER_DEFAULTS,
    layers: model.layers.slice(0, 5),
    size: { kind: 'longest', pixels: 64 },
    frameSize: 40,
    out,
  });
}

it('goes on with the next image after one that was interrupted', async () => {
  const out = join(folder, 'interrupted');
  const renderer = await openSmall(out);
  try {
    const interruption = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => interruption.abort(reason);
    await expect(renderer.render(IMAGE, { signal: interruption.signal, onProgress })).rejects.toBe(reason);
    expect(existsSync(out)).toBe(false);
    // One that is interrupted from the beginning makes no folder.
    await expect(renderer.render(IMAGE, { signal: interruption.signal })).rejects.toBe(reason);
    expect(existsSync(out)).toBe(false);

    const { folder: run, manifest } = await renderer.render(IMAGE);
    expect(readdirSync(join(out, 'resnet18'))).toHaveLength(1);
    expect(readdirSync(run)).toHaveLength(manifest.frames.length + 1);
  } finally {
    await renderer.close();
  }
});

it('a run that failed removes no folder that was there before', async () => {
  const out = join(folder, 'existing');
  mkdirSync(join(out, 'resnet18'), { recursive: true });
  const renderer = await openSmall(out);
  const reason = new Error('no more');
  const onProgress = () => {
    throw reason;
  };
  await expect(renderer.render(IMAGE, { onProgress })).rejects.toBe(reason);
  await renderer.close();
  expect(readdirSync(join(out, 'resnet18'))).toEqual([]);
});
