import { describe, expect, it } from 'vitest';
import { TAPS } from '../../../src/model/layer.js';
import type { Model } from '../../../src/model/model.js';
import { openNativeRuntime } from '../../../src/run/ort-node.js';
import type { Tensor } from '../../../src/tensor/tensor.js';
import { formula } from '../networks.js';
import { CASES, type Case, expected, openFixture, relativeError } from './fixtures.js';

const runtime = await openNativeRuntime();

async function run(model: Model, tensors: readonly string[], { input, pixels }: Case): Promise<Map<string, Tensor>> {
  const image = pixels ? expected(pixels) : formula(input, 1);
  const [, , height = 0, width = 0] = input;
  const session = await runtime.open(await model.program([...new Set(tensors)], [height, width]));
  return session.run(image).finally(() => session.close());
}

/** Half precision keeps 11 bits, and every layer rounds. */
const TOLERANCE: Readonly<Record<string, number>> = { half: 2e-3 };

const plain = Object.entries(CASES).filter(([, { taps }]) => taps);
const quantised = Object.entries(CASES).filter(([, { quantised }]) => quantised);

describe("PyTorch's values", () => {
  it.each(plain)('of every convolution at every tap: %s', async (name, facts) => {
    const model = await openFixture(name);
    const convolutions = model.layers.filter(({ op }) => op.startsWith('Conv') && op !== 'ConvRelu');
    expect(convolutions.map(({ path }) => path).sort()).toEqual(Object.keys(facts.taps!).sort());
    const outputs = await run(
      model,
      convolutions.flatMap(({ tensors }) => Object.values(tensors)),
      facts,
    );
    for (const { path, filters, tensors } of convolutions) {
      for (const tap of TAPS) {
        const reference = expected(facts.taps![path]![tap]);
        const actual = outputs.get(tensors[tap])!;
        expect([path, tap, actual.shape]).toEqual([path, tap, reference.shape]);
        expect(filters).toBe(reference.shape[1]);
        expect(relativeError(actual.data, reference), `${path} ${tap}`).toBeLessThan(TOLERANCE[name] ?? 1e-4);
      }
    }
  });

  it.each(plain.filter(([, { points }]) => points))('of other operators: %s', async (name, facts) => {
    const model = await openFixture(name);
    for (const [path, place] of Object.entries(facts.points!)) {
      const layer = model.layers.find((candidate) => candidate.path === path || candidate.path === `node_max_pool2d`)!;
      const outputs = await run(model, [layer.tensors.conv], facts);
      const reference = expected(place);
      const actual = outputs.get(layer.tensors.act)!;
      expect(actual.shape).toEqual(reference.shape);
      expect(relativeError(actual.data, reference)).toBeLessThan(TOLERANCE[name] ?? 1e-4);
    }
  });

  it.each(plain.filter(([, { logits }]) => logits))('of the classifier: %s', async (name, facts) => {
    const model = await openFixture(name);
    const { tensor, classes, kind } = model.classifier!;
    expect([classes, kind]).toEqual([11, 'logits']);
    const outputs = await run(model, [tensor], facts);
    expect(outputs.get(tensor)!.shape).toEqual([1, 11]);
    expect(relativeError(outputs.get(tensor)!.data, expected(facts.logits!))).toBeLessThan(TOLERANCE[name] ?? 1e-4);
  });
});

describe('real units', () => {
  it.each(quantised)('of every convolution of a quantised network: %s', async (name, facts) => {
    const model = await openFixture(name);
    const convolutions = model.layers.filter(({ op }) => /^(?:QLinear)?Conv(?:Integer)?$/.test(op));
    expect(convolutions).toHaveLength(Object.keys(facts.quantised!).length);
    const outputs = await run(
      model,
      convolutions.map(({ tensors }) => tensors.conv),
      facts,
    );
    for (const [index, { conv }] of Object.values(facts.quantised!).entries()) {
      const reference = expected(conv);
      const { path, tensors } = convolutions[index]!;
      const actual = outputs.get(tensors.conv)!;
      expect([path, actual.shape]).toEqual([path, reference.shape]);
      expect(relativeError(actual.data, reference), path).toBeLessThan(1e-4);
    }
  });
});
