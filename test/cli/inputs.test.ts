import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { featurescope, temporaryFolder } from './terminal.js';

const folder = temporaryFolder();
const photo = join(folder, 'photo.png');
const none = join(folder, 'none.png');
const SMALL = ['--img-size', '64', '--layers', 'conv1'];
const validate = new Ajv2020().compile(
  JSON.parse(readFileSync(new URL('../../schema/manifest.schema.json', import.meta.url), 'utf8')),
);

beforeAll(async () => {
  await sharp({ create: { width: 60, height: 40, channels: 3, background: '#a06030' } })
    .png()
    .toFile(photo);
});

function render(paths: readonly string[], out: string, ...args: string[]) {
  return featurescope(['render', ...paths, '--out', join(folder, out), ...args]);
}

/** A float32 .npy file, version 1.0. */
function npy(path: string, shape: readonly number[]): string {
  const header = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`.padEnd(117)}\n`;
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i));
  writeFileSync(path, Buffer.concat([prefix, Buffer.from(header), Buffer.from(values.buffer)]));
  return path;
}

describe('a path that cannot be read stops no other', () => {
  it('in a folder: a link to nowhere', async () => {
    const images = join(folder, 'images');
    mkdirSync(images);
    for (const name of ['a.png', 'c.png']) writeFileSync(join(images, name), readFileSync(photo));
    symlinkSync(none, join(images, 'b.png'));
    writeFileSync(join(images, '._a.png'), 'no image');
    const { code, stderr } = await render([images], 'linked', ...SMALL, '--quiet');
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr:
        `featurescope: ${join(images, 'b.png')}: no such file or folder\n` +
        'featurescope: 1 of 3 images could not be rendered\n',
    });
    expect(readdirSync(join(folder, 'linked', 'resnet18'))).toHaveLength(2);
  });

  it('among several: one that is not there', async () => {
    const { code, stderr } = await render([none, photo], 'several', ...SMALL, '--quiet');
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `featurescope: ${none}: no such file or folder\nfeaturescope: 1 of 2 images could not be rendered\n`,
    });
    expect(readdirSync(join(folder, 'several', 'resnet18'))).toHaveLength(1);
  });
});

describe('the summary and the manifest', () => {
  it('say of a .npy file that its values were taken as they are', async () => {
    const model = fileURLToPath(new URL('../fixtures/onnx/five-channels.onnx', import.meta.url));
    const { stdout } = await render([npy(join(folder, 'five.npy'), [5, 19, 14])], 'npy', '--model', model);
    const [run = '', ...lines] = stdout.split('\n');
    expect(lines).toContain('  values   taken from the file as they are');
    const manifest = JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8'));
    expect(validate(manifest)).toBe(true);
    expect(manifest.input).toEqual({ shape: [1, 5, 19, 14], normalisation: null, resize: null });
  });

  it("give the whole picture's size, with the legend", async () => {
    for (const [out, args, size] of [
      ['bare', [], '400x269'],
      ['legend', ['--legend'], '400x327'],
    ] as const) {
      const [run = '', line] = (await render([photo], out, ...SMALL, ...args)).stdout.split('\n');
      expect(line).toBe(`  64 feature maps of 1 layer (resnet18, tap conv) as ${size} PNG`);
      const { width, height } = await sharp(join(run, 'frame_0000.png')).metadata();
      expect(`${width}x${height}`).toBe(size);
    }
  });
});
