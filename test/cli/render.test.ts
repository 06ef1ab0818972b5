import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { capture, type Manifest, openModel, readColormap } from '../../dist/node.js';
import { featurescope, temporaryFolder } from './terminal.js';

const folder = temporaryFolder();
const photo = join(folder, 'photo.png');
const schema = JSON.parse(readFileSync(new URL('../../schema/manifest.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);
const hasFfmpeg = canRun('ffmpeg', ['-version']);

beforeAll(async () => {
  // A non-square image with structure in all three channels.
  const [width, height] = [91, 57];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 7 + (i % 5) * 40) % 256);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(photo);
});

function canRun(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Every run gets an output root of its own. */
let roots = 0;
function newRoot(): string {
  return join(folder, `out${roots++}`);
}

function onlyRun(root: string, model = 'resnet18'): string {
  const runs = readdirSync(join(root, model));
  expect(runs).toHaveLength(1);
  return join(root, model, runs[0]!);
}

function readManifest(run: string): Manifest {
  const manifest = JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8'));
  expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true);
  return manifest;
}

describe('a run folder', () => {
  const root = newRoot();
  let run: string;
  let manifest: Manifest;

  beforeAll(async () => {
    const args = [
      '--img-size',
      '96x64',
      '--layers',
      'conv1',
      '--layers',
      'layer2.0.*',
      '--frame-size',
      '90',
      '--video',
      '--fps',
      '30000/1001',
    ];
    const outcome = await featurescope(['render', photo, '--out', root, ...args]);
    expect(outcome.code, outcome.stderr).toBe(0);
    run = onlyRun(root);
    manifest = readManifest(run);
    expect(outcome.stdout).toContain(run);
    expect(outcome.stdout).toContain('448 feature maps of 4 layers');
  });

  it('is named by the second it began', () => {
    expect(run).toMatch(/resnet18\/\d{8}_\d{6}$/);
  });

  it('holds one picture a filter, the video and the manifest, and nothing else', () => {
    const expected = Array.from({ length: 448 }, (_, i) => `frame_${String(i).padStart(4, '0')}.png`);
    expect(readdirSync(run).sort()).toEqual(['activations.avi', ...expected, 'manifest.json']);
  });

  it('says in the manifest what was made, from what', () => {
    expect(manifest.image).toEqual({
      path: photo,
      byteLength: statSync(photo).size,
      sha256: createHash('sha256').update(readFileSync(photo)).digest('hex'),
      width: 91,
      height: 57,
    });
    expect(manifest.model.weights).toEqual({
      path: 'embedded',
      format: 'safetensors',
      byteLength: 22_512_672,
      sha256: '4f36e6fb068cf131fa7dd1692d683813a43d5556386caa9fc5e01f2668140c24',
      external: [],
      note: 'trained from scratch on 128 classes of formula-made textures; not ImageNet weights, they know no objects',
    });
    expect(manifest.input.shape).toEqual([1, 3, 64, 96]);
    expect(manifest.layers.map(({ path, shape, firstFrame }) => ({ path, shape, firstFrame }))).toEqual([
      { path: 'conv1', shape: [64, 32, 48], firstFrame: 0 },
      { path: 'layer2.0.conv1', shape: [128, 8, 12], firstFrame: 64 },
      { path: 'layer2.0.conv2', shape: [128, 8, 12], firstFrame: 192 },
      { path: 'layer2.0.downsample.0', shape: [128, 8, 12], firstFrame: 320 },
    ]);
    expect(manifest.video).toMatchObject({
      file: 'activations.avi',
      frameRate: { numerator: 30000, denominator: 1001 },
      frames: 448,
    });
    expect(manifest.video!.byteLength).toBe(statSync(join(run, 'activations.avi')).size);
  });

  it('draws each cell in the colour of its value, as a foreign decoder sees it', async () => {
    const model = await openModel('resnet18', { weights: 'embedded' });
    const { rgb } = readColormap('viridis');
    let frame = 0;
    for await (const { tensor } of capture(model, photo, {
      size: { kind: 'exact', width: 96, height: 64 },
      layers: ['conv1', 'layer2.0.*'],
    })) {
      const [, filters = 0, height = 0, width = 0] = tensor.shape;
      for (let filter = 0; filter < filters; filter++, frame++) {
        if (frame % 9 !== 0) continue;
        const map = tensor.data.subarray(filter * height * width, (filter + 1) * height * width);
        const [min, max] = [Math.min(...map), Math.max(...map)];
        const picture = PNG.sync.read(readFileSync(join(run, manifest.frames[frame]!.file!)));
        expect([picture.width, picture.height]).toEqual([90, 60]);
        expect(manifest.frames[frame]).toMatchObject({ filter, min, max, range: { lo: min, hi: max } });
        for (let y = 0; y < 60; y += 7) {
          for (let x = 0; x < 90; x += 11) {
            const value = map[Math.floor(((y + 0.5) * height) / 60) * width + Math.floor(((x + 0.5) * width) / 90)]!;
            const index = Math.min(255, Math.floor(((value - min) / (max - min)) * 256));
            const seen = picture.data.subarray((y * 90 + x) * 4, (y * 90 + x) * 4 + 3);
            expect([...seen]).toEqual([...rgb.subarray(index * 3, index * 3 + 3)]);
          }
        }
      }
    }
    expect(frame).toBe(448);
  });

  it.skipIf(!hasFfmpeg)('has a video whose every frame is its picture, pixel by pixel', () => {
    const frames = execFileSync(
      'ffmpeg',
      ['-v', 'error', '-i', join(run, 'activations.avi'), '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
      { maxBuffer: 2 ** 28 },
    );
    expect(frames.length).toBe(448 * 90 * 60 * 3);
    for (const [i, { file }] of manifest.frames.entries()) {
      const { data } = PNG.sync.read(readFileSync(join(run, file!)));
      const rgb = Buffer.from(data.filter((_, byte) => byte % 4 !== 3));
      expect(frames.subarray(i * rgb.length, (i + 1) * rgb.length).equals(rgb), file!).toBe(true);
    }
  });
});

describe('options', () => {
  const small = ['--img-size', '64x48', '--layers', 'layer3.0.conv1', '--frame-size', '40'];
  const render = async (...args: string[]) => {
    const root = newRoot();
    const outcome = await featurescope(['render', photo, '--out', root, ...small, ...args]);
    return { root, outcome };
  };

  it('--json prints the manifest alone', async () => {
    const { outcome, root } = await render('--json');
    expect(JSON.parse(outcome.stdout)).toEqual(readManifest(onlyRun(root)));
  });

  it('--quiet prints nothing', async () => {
    const { outcome } = await render('--quiet');
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('--no-images leaves the video and the manifest', async () => {
    const { root } = await render('--no-images', '--video', '--video-filename', 'maps.avi');
    expect(readdirSync(onlyRun(root)).sort()).toEqual(['manifest.json', 'maps.avi']);
    expect(readManifest(onlyRun(root)).frames[0]!.file).toBeNull();
  });

  it('--video-filename may be an absolute path, which is never overwritten', async () => {
    const video = join(folder, 'own.avi');
    const { root } = await render('--no-images', '--video', '--video-filename', video);
    expect(statSync(video).size).toBe(readManifest(onlyRun(root)).video!.byteLength);
    const again = await render('--no-images', '--video', '--video-filename', video);
    expect(again.outcome.code).toBe(5);
    expect(again.outcome.stderr).toBe(
      `featurescope: ${video}: already exists, and nothing is overwritten; choose another --video-filename\n`,
    );
    expect(existsSync(again.root)).toBe(false);
  });

  it('--scale layer and model share a range, --symmetric centres it, --range fixes it', async () => {
    const ranges = async (...args: string[]) => readManifest(onlyRun((await render(...args)).root)).frames;
    const own = await ranges();
    const lo = Math.min(...own.map(({ min }) => min!));
    const hi = Math.max(...own.map(({ max }) => max!));
    for (const by of ['layer', 'model']) {
      for (const { range } of await ranges('--scale', by)) expect(range).toEqual({ lo, hi });
    }
    const m = Math.max(-lo, hi);
    expect((await ranges('--scale', 'layer', '--symmetric'))[3]!.range).toEqual({ lo: -m, hi: m });
    expect((await ranges('--range', '-1,0.5'))[3]!.range).toEqual({ lo: -1, hi: 0.5 });
    const narrow = (await ranges('--percentile', '25,75'))[3]!;
    expect(narrow.range.lo).toBeGreaterThan(narrow.min!);
    expect(narrow.range.hi).toBeLessThan(narrow.max!);
  });

  it('--preset seed has the layers, tap and sizes of the tool before', async () => {
    const root = newRoot();
    const outcome = await featurescope([
      'render',
      photo,
      '--out',
      root,
      '--preset',
      'seed',
      '--model',
      'alexnet',
      '--no-images',
      '--video',
    ]);
    expect(outcome.code).toBe(0);
    const manifest = readManifest(onlyRun(root, 'alexnet'));
    expect(manifest.frames).toHaveLength(1152);
    expect(manifest.input.shape).toEqual([1, 3, 600, 600]);
    expect(manifest.options).toMatchObject({ tap: 'act', frameWidth: 400, frameHeight: 400 });
    expect(Math.min(...manifest.frames.map(({ min }) => min!))).toBe(0);
  });

  it('--legend adds a band below and keeps the colours of the map', async () => {
    const [plain, legend] = [
      onlyRun((await render()).root),
      onlyRun((await render('--legend', '--frame-size', '200')).root),
    ];
    const picture = PNG.sync.read(readFileSync(join(legend, 'frame_0005.png')));
    expect(picture.width).toBe(200);
    expect(picture.height).toBeGreaterThan(150);
    const before = PNG.sync.read(readFileSync(join(plain, 'frame_0005.png')));
    expect([...picture.data.subarray(0, 3)]).toEqual([...before.data.subarray(0, 3)]);
  });

  it('--config gives options by their flags, and flags win', async () => {
    const config = join(folder, 'options.json');
    writeFileSync(
      config,
      JSON.stringify({
        cmap: 'magma',
        'frame-size': 30,
        layers: ['layer4.*.conv1'],
        images: false,
        video: true,
        range: [-2, 2],
        fps: 25,
      }),
    );
    const root = newRoot();
    const outcome = await featurescope([
      'render',
      photo,
      '--out',
      root,
      '--img-size',
      '64x48',
      '--config',
      config,
      '--cmap',
      'gray',
      '--scale',
      'layer',
    ]);
    expect(outcome.code, outcome.stderr).toBe(0);
    const { options, layers, video, frames } = readManifest(onlyRun(root));
    expect(options).toMatchObject({ colormap: 'gray', frameWidth: 30, scale: { by: 'layer', range: null } });
    expect(layers.map(({ path }) => path)).toEqual(['layer4.0.conv1', 'layer4.1.conv1']);
    expect(video!.frameRate).toEqual({ numerator: 25, denominator: 1 });
    expect(frames[0]!.file).toBeNull();
  });

  it('two runs of one second get two folders', async () => {
    const root = newRoot();
    const runs = Array.from({ length: 3 }, () => featurescope(['render', photo, '--out', root, ...small, '--quiet']));
    for (const { code } of await Promise.all(runs)) expect(code).toBe(0);
    const names = readdirSync(join(root, 'resnet18'));
    expect(names).toHaveLength(3);
    for (const name of names) expect(readdirSync(join(root, 'resnet18', name))).toHaveLength(257);
  });

  it('a folder stands for the images in it, in order of name, and others are passed over', async () => {
    const images = join(folder, 'images');
    mkdirSync(images);
    for (const name of ['b.png', 'a.PNG', 'notes.txt']) writeFileSync(join(images, name), readFileSync(photo));
    const root = newRoot();
    const outcome = await featurescope(['render', images, '--out', root, ...small, '--json']);
    const manifests = outcome.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Manifest);
    expect(manifests.map(({ image }) => image.path)).toEqual([join(images, 'a.PNG'), join(images, 'b.png')]);
    expect(readdirSync(join(root, 'resnet18'))).toHaveLength(2);
  });
});

it('an interrupted run leaves nothing behind', async () => {
  const root = newRoot();
  const outcome = await featurescope(['render', photo, '--out', root, '--img-size', '300', '--quiet'], (interrupt) => {
    const timer = setInterval(() => {
      if (!existsSync(join(root, 'resnet18'))) return;
      clearInterval(timer);
      interrupt();
    }, 1);
  });
  expect(outcome).toEqual({
    code: 130,
    stdout: '',
    stderr: 'featurescope: interrupted; no unfinished run folder was left behind\n',
  });
  expect(existsSync(root)).toBe(false);
});
