import { describe, expect, it } from 'vitest';
import type { OpenOnnxOptions } from '../../../src/model/open-onnx.js';
import { rejection } from '../refusal.js';
import { type ModelParts, model, open, value } from './build-onnx.js';

const RELU = { nodes: [{ op: 'Relu', inputs: ['image'], outputs: ['y'] }], weights: {} };
const inputOf = async (parts: ModelParts, options?: OpenOnnxOptions) =>
  (await open(model({ ...RELU, ...parts }), options)).input;

describe('layout and sizes', () => {
  it.each<[readonly (number | string)[], string, number, number | null, number | null]>([
    [[1, 3, 224, 200], 'NCHW', 3, 224, 200],
    [['n', 1, 'h', 'w'], 'NCHW', 1, null, null],
    [[1, 224, 200, 3], 'NHWC', 3, 224, 200],
    [['n', 'h', 'w', 1], 'NHWC', 1, null, null],
    [[1, 3, 5, 3], 'NCHW', 3, 5, 3],
    [[1, 7, 32, 33], 'NCHW', 7, 32, 33],
    [[-1, 3, 0, -1], 'NCHW', 3, null, null],
  ])('%j is %s', async (dims, layout, channels, height, width) => {
    expect(await inputOf({ inputs: [value('image', dims)] })).toMatchObject({ layout, channels, height, width });
  });

  it('by the transpose that follows, where the channels are many', async () => {
    const nodes = [{ op: 'Transpose', inputs: ['image'], outputs: ['y'], ints: { perm: [0, 3, 1, 2] } }];
    expect(await inputOf({ nodes, inputs: [value('image', [1, 32, 33, 7])] })).toMatchObject({
      layout: 'NHWC',
      channels: 7,
      height: 32,
      width: 33,
    });
  });

  it('is the input that no weight fills, in files that list both', async () => {
    const inputs = [value('w', [2, 3, 3, 3]), value('image', [1, 3, 8, 9], 10)];
    const { name, dtype } = (await open(model({ inputs }))).input;
    expect([name, dtype]).toEqual(['image', 'float16']);
  });
});

describe('normalisation', () => {
  const of = async (parts: ModelParts, options?: OpenOnnxOptions) => (await inputOf(parts, options)).normalisation;
  const ZERO = [0, 0, 0];
  const ONE = [1, 1, 1];
  const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

  it('assumed: as torchvision for three channels, 0..1 for others, pixels for uint8', async () => {
    expect(await of({})).toEqual({ order: 'rgb', white: 1, ...IMAGENET, origin: 'assumed' });
    const one = { inputs: [value('image', [1, 1, 8, 9])] };
    expect(await of(one)).toEqual({ order: 'rgb', white: 1, mean: [0], std: [1], origin: 'assumed' });
    const bytes = { inputs: [value('image', [1, 3, 8, 9], 2)] };
    expect(await of(bytes)).toEqual({
      order: 'rgb',
      white: 255,
      mean: ZERO,
      std: ONE,
      origin: 'metadata of the model',
    });
  });

  it.each([
    [{ 'Image.BitmapPixelFormat': 'Bgr8', 'Image.NominalPixelRange': 'NominalRange_0_255' }, 'bgr', 255, ZERO, ONE],
    [{ 'Image.BitmapPixelFormat': 'Rgb8', 'Image.NominalPixelRange': 'Normalized_0_1' }, 'rgb', 1, ZERO, ONE],
    [{ 'Image.NominalPixelRange': 'Normalized_1_1' }, 'rgb', 1, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]],
    [{ names: "{0: 'person'}", stride: '32' }, 'rgb', 1, ZERO, ONE],
  ])('by metadata %j', async (metadata, order, white, mean, std) => {
    expect(await of({ metadata: metadata as unknown as Record<string, string> })).toEqual({
      order,
      white,
      mean,
      std,
      origin: 'metadata of the model',
    });
  });

  it('by a preprocessor_config.json, before metadata', async () => {
    const origin = 'preprocessor_config.json';
    const config = (fields: object) => of({ metadata: { names: '', stride: '' } }, { preprocessorConfig: fields });
    expect(
      await config({ image_mean: [0.5, 0.4, 0.3], image_std: [0.2, 0.3, 0.4], rescale_factor: 0.00392156862745098 }),
    ).toEqual({
      order: 'rgb',
      white: 1,
      mean: [0.5, 0.4, 0.3],
      std: [0.2, 0.3, 0.4],
      origin,
    });
    expect(await config({ do_normalize: false, image_mean: [9, 9, 9], do_flip_channel_order: true })).toEqual({
      order: 'bgr',
      white: 1,
      mean: ZERO,
      std: ONE,
      origin,
    });
    expect(await config({ do_rescale: false, image_mean: [104, 117, 123], image_std: [1] })).toEqual({
      order: 'rgb',
      white: 255,
      mean: [104, 117, 123],
      std: ONE,
      origin,
    });
    // pixel / 127.5 - 1, as EfficientNet's processor has it, is (pixel / 255 - 0.5) / 0.5.
    const shifted = await config({ do_normalize: false, rescale_factor: 1 / 127.5, rescale_offset: true });
    expect(shifted).toEqual({ order: 'rgb', white: 1, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], origin });
  });

  it('by options, before everything', async () => {
    const overrides = { order: 'bgr', white: 255, mean: [104, 117, 123] } as const;
    expect(await of({}, { overrides })).toEqual({ ...overrides, std: ONE, origin: 'options' });
    expect(await of({}, { overrides: { order: 'bgr' } })).toEqual({
      order: 'bgr',
      white: 1,
      ...IMAGENET,
      origin: 'options',
    });
  });

  it.each([
    [{ preprocessorConfig: [] }, 'preprocessor_config.json holds no object; remove it or get it again'],
    [
      { preprocessorConfig: { image_mean: [1, 2] } },
      'preprocessor_config.json: image_mean is [1,2], expected 3 numbers, one a channel of the network',
    ],
    [
      { preprocessorConfig: { image_mean: [1], image_std: [0] } },
      'preprocessor_config.json: image_std is [0], expected 3 numbers, one a channel of the network',
    ],
    [
      { preprocessorConfig: { rescale_factor: 'x' } },
      'preprocessor_config.json: rescale_factor is "x", expected a number above 0',
    ],
    [
      { overrides: { mean: [1, 2, 3, 4] } },
      'options: mean is [1,2,3,4], expected 3 numbers, one a channel of the network',
    ],
  ])('refuses %j', async (options, what) => {
    // What the person says wrongly is usage, what a file says is the model's.
    const kind = 'overrides' in options ? 'UsageError' : 'ModelError';
    expect(await rejection(of({}, options))).toBe(`${kind}: ${what}`);
  });
});
