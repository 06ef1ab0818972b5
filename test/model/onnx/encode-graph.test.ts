import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/model/graph.js';
import { encodeGraph } from '../../../src/model/onnx/encode-graph.js';
import { openNativeRuntime } from '../../../src/run/ort-node.js';
import type { DType, RawTensor } from '../../../src/tensor/tensor.js';
import { IMAGE_INPUT } from '../networks.js';

/** y = x * scale, in one 1x1 convolution over one channel. */
function scaling(): Graph {
  const attributes = { kernel_shape: { type: 'ints', value: [1, 1] } } as const;
  return {
    input: { name: 'input', channels: 1 },
    nodes: [
      { op: 'Conv', name: 'y', inputs: ['input', 'scale'], outputs: ['y'], attributes },
      { op: 'Relu', name: 'z', inputs: ['y'], outputs: ['z'], attributes: {} },
    ],
    parameters: new Map([['scale', [1, 1, 1, 1]]]),
    constants: new Map(),
    output: 'z',
  };
}

const SHAPES = new Map(['input', 'y', 'z'].map((name) => [name, [1, 1, 1, 3]]));

async function run(scale: RawTensor, outputs: readonly string[]) {
  const bytes = encodeGraph(scaling(), outputs, new Map([['scale', scale]]), SHAPES);
  const runtime = await openNativeRuntime();
  const session = await runtime.open({ bytes, files: new Map(), input: { ...IMAGE_INPUT, dtype: 'float32' }, outputs });
  const results = await session.run({ shape: [1, 1, 1, 3], data: Float32Array.of(1, -2, 0.5) });
  await session.close();
  return results;
}

describe('widens parameters of other floating-point types exactly', () => {
  // -1.5 is exact in all of them.
  it.each<[DType, number[]]>([
    ['float32', [0x00, 0x00, 0xc0, 0xbf]],
    ['float16', [0x00, 0xbe]],
    ['bfloat16', [0xc0, 0xbf]],
    ['float64', [0, 0, 0, 0, 0, 0, 0xf8, 0xbf]],
  ])('%s', async (dtype, bytes) => {
    const results = await run({ dtype, shape: [1, 1, 1, 1], bytes: Uint8Array.from(bytes) }, ['y']);
    expect([...results.get('y')!.data]).toEqual([-1.5, 3, -0.75]);
  });
});

const SCALE: RawTensor = { dtype: 'float32', shape: [1, 1, 1, 1], bytes: new Uint8Array(Float32Array.of(2).buffer) };

it('yields the outputs that are asked for, inner ones too, and nothing beyond them', async () => {
  expect(await run(SCALE, ['z', 'y'])).toEqual(
    new Map([
      ['z', { shape: [1, 1, 1, 3], data: Float32Array.of(2, 0, 1) }],
      ['y', { shape: [1, 1, 1, 3], data: Float32Array.of(2, -4, 1) }],
    ]),
  );
  const text = (outputs: string[]) =>
    Buffer.from(encodeGraph(scaling(), outputs, new Map([['scale', SCALE]]), SHAPES)).toString('latin1');
  expect(text(['z'])).toContain('Relu');
  expect(text(['y'])).not.toContain('Relu');
});

it('points into a checkpoint and copies nothing of it', () => {
  const external = {
    dtype: 'float16',
    shape: [1, 1, 1, 1],
    location: 'a b.pth',
    byteOffset: 3e10,
    byteLength: 2,
  } as const;
  const text = Buffer.from(encodeGraph(scaling(), ['y'], new Map([['scale', external]]), SHAPES)).toString('latin1');
  // onnx.proto: entries { key = 1, value = 2 } of external_data = 13, then data_location = 14: EXTERNAL.
  const entry = (key: string, value: string) =>
    `\x0a${String.fromCharCode(key.length)}${key}\x12${String.fromCharCode(value.length)}${value}`;
  expect(text).toContain(entry('location', 'a b.pth'));
  expect(text).toContain(entry('offset', '30000000000'));
  expect(text).toContain(`${entry('length', '2')}\x70\x01`);
});

it('refuses to leave a parameter out', () => {
  expect(() => encodeGraph(scaling(), ['y'], new Map(), SHAPES)).toThrow('no bytes for parameter scale');
});
