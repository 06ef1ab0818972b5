import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { featurescope, temporaryFolder } from './terminal.js';

const folder = temporaryFolder();
const photo = join(folder, 'photo.png');
const out = join(folder, 'out');

beforeAll(async () => {
  await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a06030' } })
    .png()
    .toFile(photo);
});

/** The one message, after `featurescope: ` or commander's `error: `; and nothing may be left in the output folder. */
async function refusal(...args: string[]) {
  const { code, stdout, stderr } = await featurescope(['render', ...args, '--out', out, '--quiet']);
  expect(stdout).toBe('');
  if (existsSync(out)) for (const model of readdirSync(out)) expect(readdirSync(join(out, model))).toEqual([]);
  return { code, message: stderr.replace(/^(featurescope|error): /, '').split('\n')[0] };
}

describe('usage, exit code 2', () => {
  const cases: [name: string, args: string[], message: string][] = [
    ['an unknown flag', ['--fast'], "unknown option '--fast'"],
    ['a flag with a typo', ['--cmpa', 'gray'], "unknown option '--cmpa'"],
    [
      'an unknown network',
      ['--model', 'resnet81'],
      '--model resnet81: no such architecture or file; the nearest names are resnet18, resnet34, resnet50',
    ],
    [
      'an unknown layer',
      ['--layers', 'layer1.0.con1'],
      '--layers layer1.0.con1: no such layer; the nearest are layer1.0.conv1, layer1.0.conv2, layer1.1.conv1 (see `featurescope layers`)',
    ],
    [
      'an unknown tap',
      ['--tap', 'relu'],
      "option '--tap <point>' argument 'relu' is invalid. Allowed choices are conv, bn, act.",
    ],
    [
      'a size that is none',
      ['--img-size', '600by400'],
      "option '--img-size <size>' argument '600by400' is invalid. Expected WIDTHxHEIGHT such as 600x400, or the longest side such as 600.",
    ],
    [
      'an enormous size',
      ['--img-size', '99999'],
      'the image size must be a whole number of pixels from 1 to 16384, not 99999',
    ],
    [
      'an enormous frame',
      ['--frame-size', '99999'],
      '--frame-size: a side of 99999 pixels; at most 16384 are possible',
    ],
    [
      'a range upside down',
      ['--range', '1,-1'],
      "option '--range <lo,hi>' argument '1,-1' is invalid. Expected LO,HI such as -1,1 with LO below HI.",
    ],
    [
      'a frame rate of zero',
      ['--fps', '0'],
      "option '--fps <rate>' argument '0' is invalid. Expected frames per second up to 1000, such as 24, 23.976 or 30000/1001.",
    ],
    [
      'two answers to one question',
      ['--crop', '224', '--img-size', '300'],
      '--crop and --img-size exclude each other; give one of them',
    ],
    ['nothing to make', ['--no-images'], '--no-images without --video leaves nothing to make; add --video'],
    [
      'a config file that is not there',
      ['--config', join(folder, 'none.json')],
      `--config ${join(folder, 'none.json')}: no such file or folder`,
    ],
  ];
  it.each(cases)('%s', async (_name, args, message) => {
    expect(await refusal(photo, ...args)).toEqual({ code: 2, message });
  });

  it('an unknown colormap, with the nearest names', async () => {
    const { code, message } = await refusal(photo, '--cmap', 'virdis');
    expect(code).toBe(2);
    expect(message).toContain("unknown colormap 'virdis'; the nearest names are viridis, ");
  });

  const configs: [name: string, text: string, message: string][] = [
    ['an unknown key', '{"layer": "conv1"}', 'unknown option "layer"; the nearest are layers, model, type'],
    ['a wrong type', '{"legend": "yes"}', 'option "legend" is "yes", expected true or false'],
    [
      'a wrong value',
      '{"fps": -1}',
      'option "fps" is -1, expected frames per second up to 1000, such as 24, 23.976 or 30000/1001',
    ],
    ['a list', '[1]', 'expected a JSON object of options such as {"model": "alexnet"}'],
  ];
  it.each(configs)('a config file with %s', async (_name, text, message) => {
    const config = join(folder, 'wrong.json');
    writeFileSync(config, text);
    expect(await refusal(photo, '--config', config)).toEqual({ code: 2, message: `${config}: ${message}` });
  });

  it('no image at all, and no command at all', async () => {
    expect((await featurescope(['render'])).code).toBe(2);
    expect((await featurescope([])).code).toBe(2);
    expect((await featurescope(['rendr', photo])).stderr).toContain("unknown command 'rendr'\n(Did you mean render?)");
  });
});

describe('images, exit code 3', () => {
  it('that are not there', async () => {
    expect(await refusal(join(folder, 'none.jpg'))).toEqual({
      code: 3,
      message: `${join(folder, 'none.jpg')}: no such file or folder`,
    });
  });

  it('too small for the network', async () => {
    expect(await refusal(photo, '--model', 'alexnet', '--img-size', '30x20')).toEqual({
      code: 3,
      message: `${photo}: an image of 30x20 is too small for this network: at features.5 (kernel 3x3) only 2x1 cells are left; use a larger --img-size`,
    });
  });

  it('a folder without any', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty, { recursive: true });
    const { code, message } = await refusal(empty);
    expect({ code, message }).toEqual({
      code: 3,
      message: `${empty}: no image in this folder (.jpg .jpeg .png .webp .avif .gif .tif .tiff .npy)`,
    });
  });

  it('one bad image of several stops no other, and decides the exit code', async () => {
    const bad = join(folder, 'bad.jpg');
    writeFileSync(bad, 'not an image');
    const root = join(folder, 'several');
    const args = ['--out', root, '--img-size', '64', '--layers', 'conv1', '--frame-size', '20', '--quiet'];
    const { code, stderr } = await featurescope(['render', bad, photo, ...args]);
    expect(code).toBe(3);
    expect(stderr.split('\n').at(-2)).toBe('featurescope: 1 of 2 images could not be rendered');
    expect(readdirSync(join(root, 'resnet18'))).toHaveLength(1);
  });
});

describe('weights, exit code 4', () => {
  it('that are not there', async () => {
    const { code, message } = await refusal(photo, '--weights', join(folder, 'none.pth'));
    expect({ code, message }).toEqual({
      code: 4,
      message: `model or weights ${join(folder, 'none.pth')}: no such file or folder`,
    });
  });

  it('of another network, which is named', async () => {
    const alexnet = fileURLToPath(new URL('../../assets/weights/resnet18-formula.f16.safetensors', import.meta.url));
    const { code, message } = await refusal(photo, '--model', 'alexnet', '--weights', alexnet);
    expect(code).toBe(4);
    expect(message).toBe(
      `${alexnet}: not the weights of alexnet: missing features.0.weight, features.0.bias, features.3.weight, features.3.bias, ` +
        'features.6.weight, features.6.bias, and 4 more; unexpected bn1.bias, bn1.running_mean, bn1.running_var, bn1.weight, ' +
        'conv1.weight, fc.bias, and 96 more. these are weights of resnet18 (--model, --weights)',
    );
  });
});

describe('output, exit code 5', () => {
  it('a file where a folder should be', async () => {
    const { code, stderr } = await featurescope(['render', photo, '--out', photo, '--quiet']);
    expect(code).toBe(5);
    expect(stderr).toBe(
      `featurescope: cannot write ${join(photo, 'resnet18')}: a part of the path is a file, expected a folder\n`,
    );
  });

  it.skipIf(!existsSync('/proc/self'))('a file system that has no place for a folder', async () => {
    const { code, stderr } = await featurescope(['render', photo, '--out', '/proc/none', '--quiet']);
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: 'featurescope: cannot write /proc/none/resnet18: no such file or folder\n',
    });
  });

  it.skipIf(process.getuid?.() === 0)('a folder that may not be written', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    const { code, stderr } = await featurescope(['render', photo, '--out', locked, '--quiet']);
    expect(code).toBe(5);
    expect(stderr).toBe(`featurescope: cannot write ${join(locked, 'resnet18')}: permission denied\n`);
  });

  const small = join(folder, 'small-disk');
  it.skipIf(!mountSmallDisk(small))('a full disk, of which it says so and leaves nothing', () => {
    try {
      const bin = fileURLToPath(new URL('../../bin/featurescope.js', import.meta.url));
      const run = spawnSync(
        process.execPath,
        [bin, 'render', photo, '--weights', 'embedded', '--out', small, '--img-size', '64', '--quiet'],
        {
          encoding: 'utf8',
        },
      );
      expect(run.status).toBe(5);
      expect(run.stderr).toMatch(/^featurescope: cannot write .*frame_\d{4}\.png: no space left on the disk\n$/);
      expect(readdirSync(small)).toEqual([]);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});

/** A file system of 300 kB, where this process may mount one. */
function mountSmallDisk(path: string): boolean {
  mkdirSync(path, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', path]).status === 0;
}

it('help, version, layers and colormaps', async () => {
  expect((await featurescope(['--help'])).code).toBe(0);
  expect((await featurescope(['render', '--help'])).stdout).toContain('Examples:');
  expect((await featurescope(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const { stdout } = await featurescope(['layers', 'resnet18', '--img-size', '500x300']);
  expect(stdout.split('\n')[0]).toBe('resnet18: 20 convolutions, 4,800 filters; for an input of 500x300');
  expect(stdout).toMatch(/^layer2\.0\.downsample\.0 +Conv +128 +63x38 +1x1 +2x2 +0x0 +\d+x\d+ +8 +\d/m);
  const { layers, totals } = JSON.parse((await featurescope(['layers', 'alexnet', '--json'])).stdout);
  // torchvision's own counts for AlexNet; multiply-adds of its convolutions at 600x600.
  expect(totals).toMatchObject({ layers: 5, filters: 1152, parameters: 61_100_840 });
  expect(layers[1]).toMatchObject({
    path: 'features.3',
    filters: 192,
    height: 74,
    width: 74,
    multiplyAdds: 192 * 64 * 5 * 5 * 74 * 74,
    receptiveField: { x: { size: 51, stride: 8 } },
  });
  const sheet = join(folder, 'colormaps.png');
  const colormaps = await featurescope(['colormaps', '--out', sheet]);
  expect(colormaps.stdout).toContain('viridis');
  expect((await sharp(sheet).metadata()).format).toBe('png');
  expect(await featurescope(['colormaps', '--out', sheet])).toMatchObject({
    code: 5,
    stderr: `featurescope: cannot write ${sheet}: already exists, and nothing is overwritten; choose another --out\n`,
  });
});
