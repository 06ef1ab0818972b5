/** The photographs that the benchmarks render, and the folder that all of their output goes to. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ROOT } from './measure.js';

const SOURCES = ['assets/still-life.png', '../shared/testdata/images/photos/coffee.png'];

export const EMBEDDED = {
  resnet18: join(ROOT, 'assets/weights/resnet18-formula.f16.safetensors'),
  alexnet: join(ROOT, 'assets/weights/alexnet-formula.f16.safetensors'),
};

/**
 * A folder for everything, up to 2.5 GB; `close` removes it. Nothing is removed before: for five minutes ext4 avoids the
 * inodes of files that were removed, and its search for others slows whoever makes files next (wait between two benches).
 */
export function openWorkshop() {
  const folder = mkdtempSync(join(tmpdir(), 'featurescope-bench-'));
  let outputs = 0;
  return {
    path: (name) => join(folder, name),
    /** A path that nothing has been written to. */
    newPath: () => join(folder, `out-${outputs++}`),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Squashes the sample image to this size; returns its path. */
export async function makePhoto(workshop, width, height) {
  const source = SOURCES.map((path) => join(ROOT, path)).find(existsSync);
  if (!source) throw new Error(`no photograph to render: looked for ${SOURCES.join(', ')}`);
  const path = workshop.path(`photo-${width}x${height}.jpg`);
  if (!existsSync(path)) await sharp(source).removeAlpha().resize(width, height, { fit: 'fill' }).jpeg().toFile(path);
  return path;
}

/** The one run folder under `out`, and its manifest. */
export function readRun(out, model) {
  const [name, ...others] = readdirSync(join(out, model));
  if (!name || others.length > 0) throw new Error(`${out}: expected one run of ${model}`);
  const folder = join(out, model, name);
  return { folder, manifest: JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) };
}

/** Bytes of every file in a run folder. */
export function fileSizes(folder) {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]));
}
