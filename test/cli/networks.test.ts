import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../dist/node.js';
import { featurescope, temporaryFolder } from './terminal.js';

const folder = temporaryFolder();
const photo = join(folder, 'photo.png');
const shared = fileURLToPath(new URL('../../../shared/testdata/', import.meta.url));
const hasShared = existsSync(shared);
const validate = new Ajv2020({ allErrors: true }).compile(
  JSON.parse(readFileSync(new URL('../../schema/manifest.schema.json', import.meta.url), 'utf8')),
);

beforeAll(async () => {
  const [width, height] = [53, 37];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37 + (i % 7) * 31) % 256);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(photo);
});

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/onnx/${name}.onnx`, import.meta.url));
}

async function render(image: string, model: string, ...args: string[]) {
  const outcome = await featurescope([
    'render',
    image,
    '--model',
    model,
    '--out',
    join(folder, 'out'),
    '--json',
    ...args,
  ]);
  const manifest: Manifest | null = outcome.stdout ? JSON.parse(outcome.stdout) : null;
  if (manifest) expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true);
  return { ...outcome, manifest: manifest! };
}

/** A .npy file, version 1.0, as numpy.save writes it. */
function npy(name: string, shape: readonly number[], values: Float32Array): string {
  const header = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`.padEnd(117)}\n`;
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 0xff, header.length >> 8]);
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([prefix, Buffer.from(header, 'latin1'), Buffer.from(values.buffer)]));
  return path;
}

describe.skipIf(!hasShared)('ImageNet networks of ../shared/testdata', () => {
  const squeezenet = join(shared, 'models', 'SqueezeNet_fp16.onnx');
  const caffe = ['--mean', '104,117,123', '--std', '1,1,1', '--channels', 'bgr', '--input-range', '0..255'];
  it.each([
    ['chelsea', 'Egyptian cat'],
    ['coffee', 'espresso'],
  ])('SqueezeNet in half precision sees in %s: %s', async (image, name) => {
    const args = [...caffe, '--no-images', '--video'];
    const { manifest } = await render(join(shared, 'images', 'photos', `${image}.png`), squeezenet, ...args);
    expect(manifest.predictions![0]!.name).toBe(name);
    expect(manifest.input).toMatchObject({
      shape: [1, 3, 224, 224],
      normalisation: { order: 'bgr', white: 255, mean: [104, 117, 123], std: [1, 1, 1], origin: 'options' },
    });
    expect(manifest.frames).toHaveLength(3944);
  });

  it('ShuffleNet in int8 sees the cat, in real units', async () => {
    const model = join(shared, 'models', 'shufflenet-v2-12-int8.onnx');
    const { manifest } = await render(join(shared, 'images', 'photos', 'chelsea.png'), model, '--no-images', '--video');
    expect(manifest.predictions![0]!.name).toBe('Egyptian cat');
    expect(manifest.model.notes.join()).toContain('quantised');
    expect(manifest.frames.some(({ max }) => max !== null && max % 1 !== 0)).toBe(true);
  });

  it('refuses operators that the runtime does not have, by name', async () => {
    const model = join(shared, 'models', 'squeezenet_dao_fp16.onnx');
    expect(await render(photo, model)).toMatchObject({
      code: 4,
      stderr: `featurescope: ${model}: ONNX Runtime has no operator 'Debug' x 67; export the network with operators of ONNX alone\n`,
    });
  });
});

describe('an ONNX file', () => {
  it('of one dimension gives strips, of three dimensions slices', async () => {
    const strips = await render(photo, fixture('strip'));
    const strip = strips.manifest.layers[0]!;
    expect(strip.shape[1]).toBe(1);
    const values = Float32Array.from({ length: 4 * 13 * 11 }, (_, i) => Math.sin(i * i));
    const { manifest } = await render(npy('four.npy', [4, 13, 11], values), fixture('volume'));
    const [layer] = manifest.layers;
    const [filters = 0, slices = 0] = layer!.shape;
    expect(layer!.shape).toHaveLength(4);
    expect(manifest.frames.filter(({ layer: path }) => path === layer!.path)).toHaveLength(filters * slices);
    expect(manifest.frames.slice(0, slices + 1).map(({ filter, slice }) => [filter, slice])).toEqual([
      ...Array.from({ length: slices }, (_, slice) => [0, slice]),
      [1, 0],
    ]);
    expect(manifest.input.resize).toBeNull();
  });

  it('of five channels takes a .npy and refuses a picture', async () => {
    expect(await render(photo, fixture('five-channels'))).toMatchObject({
      code: 3,
      stderr: `featurescope: ${photo}: a picture, but the network takes 5 channels; give a .npy array [5, height, width]\n`,
    });
    const values = Float32Array.from({ length: 5 * 19 * 14 }, (_, i) => Math.cos(i));
    const { code, manifest } = await render(npy('five.npy', [1, 5, 19, 14], values), fixture('five-channels'));
    expect(code).toBe(0);
    expect(manifest.input.shape).toEqual([1, 5, 19, 14]);
    const wrong = npy('wrong.npy', [5, 19, 13], new Float32Array(5 * 19 * 13));
    expect((await render(wrong, fixture('five-channels'))).stderr).toBe(
      `featurescope: ${wrong}: an array of 13x19 cells, but the network takes 14x19 only\n`,
    );
  });

  it('of one channel takes a colour picture as grey', async () => {
    const { manifest } = await render(photo, fixture('grey'));
    expect(manifest.input.shape).toEqual([1, 1, 419, 600]);
    expect(manifest.input.normalisation).toMatchObject({ mean: [0], std: [1], origin: 'assumed' });
  });

  it('shows other operators, tensors by their names, and what it needs alone', async () => {
    const { manifest } = await render(photo, fixture('legacy-17'), '--type', 'Relu', '--img-size', '40x32');
    expect(new Set(manifest.layers.map(({ op }) => op))).toEqual(new Set(['Relu']));
    const tensor = manifest.layers[1]!.tensor;
    const one = await render(photo, fixture('legacy-17'), '--layers', tensor, '--img-size', '40x32');
    expect(one.manifest.layers.map(({ tensor }) => tensor)).toEqual([tensor]);
    const before = manifest.frames.filter(({ layer }) => layer === manifest.layers[1]!.path);
    expect(one.manifest.frames.map(({ min, max }) => [min, max])).toEqual(before.map(({ min, max }) => [min, max]));
    // The classifier lies beyond what was asked for.
    expect(one.manifest.predictions).toBeNull();
  });

  it('names its classes from a file', async () => {
    const classes = join(folder, 'classes.txt');
    const names = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox', 'gnu', 'hen', 'ibis', 'jay', 'kea'];
    writeFileSync(classes, `${names.join('\n')}\n`);
    const args = ['--classes', classes, '--img-size', '40x32'];
    const { predictions } = (await render(photo, fixture('legacy-17'), ...args)).manifest;
    expect(predictions!.map(({ name, class: index }) => name === (names[index] ?? null))).not.toContain(false);
    expect(predictions!.reduce((sum, { probability }) => sum + probability, 0)).toBeGreaterThan(0.5);
    expect((await render(photo, fixture('legacy-17'), ...args, '--no-predictions')).manifest.predictions).toBeNull();
  });

  it('has the weights beside it in the manifest', async () => {
    const { manifest } = await render(photo, fixture('external'), '--img-size', '40x32');
    const data = readFileSync(new URL('../fixtures/onnx/external.bin', import.meta.url));
    const [external] = manifest.model.weights.external;
    expect(external).toMatchObject({
      byteLength: data.length,
      sha256: createHash('sha256').update(data).digest('hex'),
    });
  });

  it('keeps its own weights and knows which operators it has', async () => {
    const model = fixture('grey');
    expect(await render(photo, model, '--weights', 'embedded')).toMatchObject({
      code: 2,
      stderr: `featurescope: --weights embedded: ${model} has its own weights; leave it out\n`,
    });
    const { code, stderr } = await render(photo, model, '--type', 'Softmax');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^featurescope: --type Softmax: no such operator in this network; it has .*Conv/);
  });

  it('is not a TorchScript file, whose message says how to export one', async () => {
    const path = fileURLToPath(new URL('../fixtures/onnx/script.pt', import.meta.url));
    const { code, stderr } = await render(photo, path);
    expect(code).toBe(4);
    expect(stderr).toContain('torch.onnx.export(');
  });
});

describe('a network by name', () => {
  it('without a network and without its weights says the three ways on, and takes no others', async () => {
    const before = process.env.FEATURESCOPE_CACHE;
    process.env.FEATURESCOPE_CACHE = join(folder, 'cache');
    process.env.TORCH_HOME = join(folder, 'torch');
    try {
      const { code, stderr } = await render(photo, 'resnet34', '--weights', 'imagenet', '--offline');
      expect(code).toBe(4);
      expect(stderr).toContain('resnet34-b627a593.pth');
      for (const way of [join(folder, 'cache', 'resnet34-b627a593.pth'), '--weights FILE', '--weights embedded']) {
        expect(stderr).toContain(way);
      }
      expect(existsSync(join(folder, 'out', 'resnet34'))).toBe(false);
    } finally {
      delete process.env.TORCH_HOME;
      if (before === undefined) delete process.env.FEATURESCOPE_CACHE;
      else process.env.FEATURESCOPE_CACHE = before;
    }
  });

  it('has embedded weights only where there are some', async () => {
    expect(await render(photo, 'vgg11', '--weights', 'embedded')).toMatchObject({
      code: 2,
      stderr:
        'featurescope: --weights embedded: there are embedded weights of alexnet and resnet18 only, not of vgg11\n',
    });
  });

  it('makes no predictions with the embedded weights', async () => {
    const { manifest } = await render(
      photo,
      'resnet18',
      '--weights',
      'embedded',
      '--img-size',
      '64',
      '--layers',
      'layer4',
      '--no-images',
      '--video',
    );
    expect(manifest.predictions).toBeNull();
    expect(readdirSync(join(folder, 'out', 'resnet18')).length).toBeGreaterThan(0);
  });

  it('leaves out the mean and deviation of pixels in 0..1 where pixels are 0..255, and wants one number a channel', async () => {
    const args = ['--weights', 'embedded', '--img-size', '64', '--layers', 'conv1', '--no-images', '--video'];
    const { manifest } = await render(photo, 'resnet18', ...args, '--input-range', '0..255');
    expect(manifest.input.normalisation).toEqual({
      order: 'rgb',
      white: 255,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      origin: 'options',
    });
    expect(await render(photo, 'resnet18', ...args, '--mean', '1,2')).toMatchObject({
      code: 2,
      stderr: 'featurescope: options: mean is [1,2], expected 3 numbers, one a channel of the network\n',
    });
  });

  it('asks a device that the runtime has', async () => {
    const { code, stderr } = await render(photo, 'resnet18', '--weights', 'embedded', '--device', 'dml');
    expect(code).toBe(2);
    expect(stderr).toContain('--device dml: this build of ONNX Runtime has cpu');
  });
});
