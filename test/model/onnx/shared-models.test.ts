/** Networks of strangers, run on photographs. Needs ../shared/testdata. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../src/bytes/source.js';
import { type OpenOnnxOptions, openOnnx } from '../../../src/model/open-onnx.js';
import { openNativeRuntime } from '../../../src/run/ort-node.js';
import type { Tensor } from '../../../src/tensor/tensor.js';

const SHARED = fileURLToPath(new URL('../../../../shared/testdata/', import.meta.url));
const CLASSES = existsSync(SHARED)
  ? readFileSync(`${SHARED}models/imagenet_classes.txt`, 'utf8').trim().split('\n')
  : [];

/** [1, 3, 224, 224] of a photograph, squashed. */
async function photograph(
  name: string,
  channel: (value: number, index: number) => number,
  order: readonly number[],
): Promise<Tensor> {
  const pixels = await sharp(`${SHARED}images/photos/${name}`)
    .removeAlpha()
    .resize(224, 224, { fit: 'fill' })
    .raw()
    .toBuffer();
  const data = new Float32Array(3 * 224 * 224);
  for (const [plane, from] of order.entries()) {
    for (let i = 0; i < 224 * 224; i++) data[plane * 224 * 224 + i] = channel(pixels[3 * i + from]!, plane);
  }
  return { shape: [1, 3, 224, 224], data };
}

async function openShared(file: string, options?: OpenOnnxOptions) {
  return openOnnx(memorySource(new Uint8Array(readFileSync(`${SHARED}models/${file}`)), file), options);
}

async function run(model: Awaited<ReturnType<typeof openShared>>, tensors: readonly string[], image: Tensor) {
  const session = await (await openNativeRuntime()).open(await model.program(tensors, [224, 224]));
  return session.run(image).finally(() => session.close());
}

const best = ({ data }: Tensor) => CLASSES[data.indexOf(Math.max(...data))];

describe.skipIf(CLASSES.length === 0)('networks of ../shared/testdata', () => {
  it('SqueezeNet in half precision knows the cat and the espresso', async () => {
    const overrides = { order: 'bgr', white: 255, mean: [104, 117, 123], std: [1, 1, 1] } as const;
    const model = await openShared('SqueezeNet_fp16.onnx', { overrides });
    const { order, mean } = model.input.normalisation;
    expect([model.input.dtype, order, mean]).toEqual(['float16', 'bgr', [104, 117, 123]]);
    const { tensor, classes, kind } = model.classifier!;
    expect([tensor, classes, kind]).toEqual(['softmaxout_1:float32', 1000, 'probabilities']);
    expect(model.layers.filter(({ op }) => op === 'Conv')).toHaveLength(26);
    for (const [file, name] of [
      ['chelsea.png', /cat|tabby/i],
      ['coffee.png', /espresso/i],
    ] as const) {
      const image = await photograph(file, (value, plane) => value - mean[plane]!, [2, 1, 0]);
      const answer = (await run(model, [tensor], image)).get(tensor)!;
      expect(best(answer)).toMatch(name);
    }
  });

  it('ShuffleNet in int8 shows real units, and knows the cat', async () => {
    const model = await openShared('shufflenet-v2-12-int8.onnx');
    const { mean, std } = model.input.normalisation;
    const image = await photograph(
      'chelsea.png',
      (value, plane) => (value / 255 - mean[plane]!) / std[plane]!,
      [0, 1, 2],
    );
    const convolutions = model.layers.filter(({ op }) => op === 'QLinearConv');
    expect(convolutions).toHaveLength(56);
    const tensors = convolutions.map(({ tensors }) => tensors.conv);
    const outputs = await run(model, [...tensors, model.classifier!.tensor], image);
    for (const name of tensors) {
      const { data } = outputs.get(name)!;
      // At most 256 levels, evenly spaced.
      const levels = [...new Set(data)].sort((a, b) => a - b);
      expect(levels.length).toBeLessThanOrEqual(256);
      const step = Math.min(...levels.slice(1).map((level, i) => level - levels[i]!));
      expect(Math.max(...levels.map((level) => Math.abs(level / step - Math.round(level / step))))).toBeLessThan(0.01);
    }
    expect(best(outputs.get(model.classifier!.tensor)!)).toMatch(/cat|tabby/i);
  });
});
