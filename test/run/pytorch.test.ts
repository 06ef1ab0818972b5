import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model/model.js';
import { openModel } from '../../src/node/open-model.js';
import { openWasmRuntime } from '../../src/node/wasm-runtime.js';
import { openNativeRuntime } from '../../src/run/ort-node.js';
import type { Runtime } from '../../src/run/runtime.js';
import { compareWithPytorch, INPUT_NAMES, type InputName, REFERENCES } from './reference.js';

/** The promise, of a layer's largest magnitude; and what is really measured, with room for another processor's rounding. */
const PROMISED = 1e-4;
const MEASURED = 5e-6;

const PARTIAL = fileURLToPath(
  new URL('../../../shared/testdata/models/resnet18-imagenet-partial.pth', import.meta.url),
);

let native: Runtime;
beforeAll(async () => {
  native = await openNativeRuntime();
});

async function expectPytorch(model: Model, runtime: Runtime, network: string, input: InputName) {
  const references = REFERENCES.filter((reference) => reference.network === network && reference.input === input);
  const { comparisons, shapes } = await compareWithPytorch(model, runtime, network, input);
  expect(shapes).toEqual(new Map(references.map(({ layer, tap, shape }) => [`${layer} ${tap}`, shape])));
  const worst = comparisons.reduce((a, b) => (b.error > a.error ? b : a));
  console.info(
    `${network} ${input}, ${runtime.name}: worst ${worst.error.toExponential(1)} (${worst.layer} ${worst.tap})`,
  );
  expect(comparisons.filter(({ error }) => !(error <= PROMISED))).toEqual([]);
  expect(worst.error).toBeLessThan(MEASURED);
  // Float32 in another order of additions never agrees everywhere: equal values would mean that nothing was compared.
  expect(worst.error).toBeGreaterThan(0);
}

describe.each(['alexnet', 'resnet18'])('%s at every tap of every convolution', (network) => {
  it.each(INPUT_NAMES)('is PyTorch on %s', async (input) => {
    await expectPytorch(await openModel(network, { weights: 'embedded' }), native, network, input);
  });
});

it('is PyTorch in the wasm runtime too', async () => {
  await expectPytorch(
    await openModel('alexnet', { weights: 'embedded' }),
    await openWasmRuntime(),
    'alexnet',
    'coffee-131x90',
  );
});

it.skipIf(!existsSync(PARTIAL))(
  'is PyTorch with ImageNet weights from a .pth file (needs ../shared/testdata)',
  async () => {
    const model = await openModel('resnet18', { weights: PARTIAL });
    await expectPytorch(model, native, 'resnet18-partial', 'coffee-131x90');
  },
);
