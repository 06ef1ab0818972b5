/** Weights beyond 2 GiB, beside the model. The file is sparse, so it costs no disk; FEATURESCOPE_LONG=1 runs it. */
import { mkdtemp, open as openFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFileSource } from '../../../src/files/file-source.js';
import { openOnnx } from '../../../src/model/open-onnx.js';
import { openNativeRuntime } from '../../../src/run/ort-node.js';
import { CONV, externalTensor, model } from './build-onnx.js';

const BIG = [700, 2 ** 20];
const OFFSET = 4 * 700 * 2 ** 20;

it.skipIf(!process.env.FEATURESCOPE_LONG)('are read from beyond 2 GiB, and only those that are needed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'featurescope-'));
  try {
    const weights = Float32Array.from({ length: 54 }, (_, i) => i - 20);
    const file = await openFile(join(folder, 'weights.bin'), 'w');
    await file.write(new Uint8Array(weights.buffer), 0, 216, OFFSET);
    await file.close();
    const bytes = model({
      nodes: [CONV, { op: 'MatMul', inputs: ['y', 'big'], outputs: ['z'] }],
      weights: {},
      tensors: [
        externalTensor('big', BIG, { location: 'weights.bin', offset: '0', length: String(OFFSET) }),
        externalTensor('w', [2, 3, 3, 3], { location: 'weights.bin', offset: String(OFFSET), length: '216' }),
      ],
    });
    await writeFile(join(folder, 'net.onnx'), bytes);
    const network = await openOnnx(await openFileSource(join(folder, 'net.onnx')), {
      openSibling: (location) => openFileSource(join(folder, location)),
    });
    expect(network.parameterCount).toBe(700 * 2 ** 20 + 54);
    const session = await (await openNativeRuntime()).open(await network.program(['y'], [3, 3]));
    const ones = { shape: [1, 3, 3, 3], data: new Float32Array(27).fill(1) };
    const { data } = (await session.run(ones).finally(() => session.close())).get('y')!;
    // Sums of 27 consecutive weights each.
    expect([...data]).toEqual([27 * (13 - 20), 27 * (40 - 20)]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
