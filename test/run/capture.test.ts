import { beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model/model.js';
import { selectLayers } from '../../src/model/select-layers.js';
import { openModel } from '../../src/node/open-model.js';
import { openWasmRuntime } from '../../src/node/wasm-runtime.js';
import { type Activation, type CaptureOptions, capture, openCapture } from '../../src/run/capture.js';
import { openNativeRuntime } from '../../src/run/ort-node.js';
import type { Runtime } from '../../src/run/runtime.js';
import { rejection } from '../model/refusal.js';
import { fingerprint, inputTensor } from './reference.js';

const IMAGE = inputTensor('coffee-131x90');

/** The native runtime, with the outputs of each program it opened, and how many sessions are open. */
function watched(runtime: Runtime) {
  const opened: string[][] = [];
  const watch = { opened, openNow: 0, failing: false, name: runtime.name } as {
    opened: string[][];
    openNow: number;
    failing: boolean;
  } & Runtime;
  watch.open = async (program) => {
    const session = await runtime.open(program);
    opened.push([...program.outputs]);
    watch.openNow++;
    return {
      shapes: session.shapes,
      run: (image) => (watch.failing ? Promise.reject(new Error('out of memory')) : session.run(image)),
      close: async () => {
        watch.openNow--;
        await session.close();
      },
    };
  };
  return watch;
}

let native: Runtime;
let resnet: Model;
let alexnet: Model;
beforeAll(async () => {
  [native, resnet, alexnet] = await Promise.all([
    openNativeRuntime(),
    openModel('resnet18', { weights: 'embedded' }),
    openModel('alexnet', { weights: 'embedded' }),
  ]);
});

async function collect(model: Model, runtime: Runtime, options: CaptureOptions): Promise<Activation[]> {
  const activations: Activation[] = [];
  for await (const activation of capture(model, IMAGE, { runtime, ...options })) activations.push(activation);
  return activations;
}

function values(activations: readonly Activation[]): string[][] {
  return activations.map(({ layer, tensor }) => [layer.path, fingerprint(tensor)]);
}

it('yields every convolution at tap conv, in order, unless told otherwise', async () => {
  const activations = await collect(alexnet, native, {});
  expect(activations.map(({ layer, tap, tensor }) => [layer.path, tap, tensor.shape])).toEqual([
    ['features.0', 'conv', [1, 64, 21, 32]],
    ['features.3', 'conv', [1, 192, 10, 15]],
    ['features.6', 'conv', [1, 384, 4, 7]],
    ['features.8', 'conv', [1, 256, 4, 7]],
    ['features.10', 'conv', [1, 256, 4, 7]],
  ]);
});

describe('under a byte budget', () => {
  it.each(['conv', 'act'] as const)('yields the same tensors in groups as at once, tap %s', async (tap) => {
    const atOnce = watched(native);
    const inGroups = watched(native);
    const expected = values(await collect(resnet, atOnce, { tap }));
    expect(values(await collect(resnet, inGroups, { tap, byteBudget: 600_000 }))).toEqual(expected);
    expect(atOnce.opened.length).toBe(1);
    // conv1 takes 64 x 45 x 66 float32 = 760,320 bytes, one of layer1 64 x 23 x 33, one of layer2 128 x 12 x 17.
    expect(inGroups.opened.slice(0, 3).map((outputs) => outputs.at(-1))).toEqual(
      tap === 'conv'
        ? ['conv1', 'layer1.1.conv1', 'layer2.0.downsample.0']
        : ['relu', 'layer1.1.relu', 'layer2.0.relu:2'],
    );
    expect(inGroups.openNow).toBe(0);
  });

  it('captures the same tensors whatever else is captured', async () => {
    const layers = selectLayers(resnet.layers, ['layer2.0', 'layer4.1.conv2']);
    for (const runtime of [native, await openWasmRuntime()]) {
      // Nothing but batch norms here: a runtime that folds them into their convolutions changes the last digits.
      const some = values(await collect(resnet, runtime, { tap: 'bn', layers }));
      const names = layers.flatMap(({ tensors }) => [tensors.conv, tensors.bn]);
      const session = await runtime.open(await resnet.program(names, [90, 131]));
      const all = await session.run(IMAGE);
      await session.close();
      expect(some).toEqual(layers.map(({ path, tensors }) => [path, fingerprint(all.get(tensors.bn)!)]));
    }
  });

  it.each([0, 1])('captures each layer alone with %i bytes', async (byteBudget) => {
    const runtime = watched(native);
    expect((await collect(alexnet, runtime, { byteBudget })).length).toBe(5);
    expect(runtime.opened).toEqual([['features.0'], ['features.3'], ['features.6'], ['features.8'], ['features.10']]);
  });

  it('captures everything at once without a limit', async () => {
    const runtime = watched(native);
    expect((await collect(alexnet, runtime, { byteBudget: Number.POSITIVE_INFINITY })).length).toBe(5);
    expect(runtime.opened.length).toBe(1);
  });

  it('says whether everything fits at once', async () => {
    // features.0 and features.3 at 131x90: 64 x 21 x 32 and 192 x 10 x 15 float32.
    const layers = selectLayers(alexnet.layers, ['features.0', 'features.3']);
    const byteLength = 4 * (64 * 21 * 32 + 192 * 10 * 15);
    const holdsAll = async (byteBudget: number) =>
      (await openCapture(alexnet, native, [90, 131], { layers, byteBudget })).holdsAll;
    expect(await holdsAll(byteLength)).toBe(true);
    expect(await holdsAll(byteLength - 1)).toBe(false);
  });
});

it('keeps one session for all images where everything fits', async () => {
  const runtime = watched(native);
  const opened = await openCapture(alexnet, runtime, [90, 131], { tap: 'act' });
  const twice = [];
  for (let i = 0; i < 2; i++) {
    const activations = [];
    for await (const { tensor } of opened.activations(IMAGE)) activations.push(fingerprint(tensor));
    twice.push(activations);
  }
  expect(twice[1]).toEqual(twice[0]);
  expect([runtime.opened.length, runtime.openNow]).toEqual([1, 1]);
  await opened.close();
  expect(runtime.openNow).toBe(0);
});

it('yields one tensor for each layer that ends in it', async () => {
  const runtime = watched(native);
  const layers = selectLayers(resnet.layers, ['layer2.0.conv2', 'layer2.0.downsample.0']);
  const [block, shortcut] = await collect(resnet, runtime, { tap: 'act', layers });
  expect(runtime.opened).toEqual([['layer2.0.relu:2']]);
  expect([block!.layer.path, shortcut!.layer.path]).toEqual(['layer2.0.conv2', 'layer2.0.downsample.0']);
  expect(shortcut!.tensor.data).toBe(block!.tensor.data);
});

it('leaves no session open where a run fails or the consumer stops', async () => {
  for (const byteBudget of [0, 2 ** 30]) {
    const runtime = watched(native);
    for await (const { layer } of capture(alexnet, IMAGE, { runtime, byteBudget })) if (layer) break;
    expect(runtime.openNow).toBe(0);
    runtime.failing = true;
    expect(await rejection(collect(alexnet, runtime, { byteBudget }))).toBe('Error: out of memory');
    expect(runtime.openNow).toBe(0);
  }
});

it('refuses an image that is too small before anything runs', async () => {
  const runtime = watched(native);
  const image = { shape: [1, 3, 10, 300], data: new Float32Array(3 * 10 * 300) };
  expect(await rejection(capture(alexnet, image, { runtime }).next())).toBe(
    'InputError: an image of 300x10 is too small for this network: at features.2 (kernel 3x3) only 74x1 cells are left; use a larger --img-size',
  );
  expect(runtime.opened).toEqual([]);
});

it('refuses a batch, and an image of another size than it was opened for', async () => {
  const batch = { shape: [2, 3, 90, 131], data: new Float32Array(2 * 3 * 90 * 131) };
  expect(await rejection(capture(alexnet, batch, { runtime: native }).next())).toBe(
    'InputError: the input tensor is 2x3x90x131, expected 1x3x90x131: one image of one size',
  );
  const opened = await openCapture(alexnet, native, [90, 131]);
  expect(await rejection(opened.activations(inputTensor('chelsea-96x96')).next())).toBe(
    'InputError: the input tensor is 1x3x96x96, expected 1x3x90x131: one image of one size',
  );
  await opened.close();
});
