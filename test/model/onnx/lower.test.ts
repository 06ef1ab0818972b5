import { beforeAll, describe, expect, it } from 'vitest';
import { Network } from '../../../src/model/architectures/network.js';
import type { Graph } from '../../../src/model/graph.js';
import { encodeGraph } from '../../../src/model/onnx/encode-graph.js';
import { lowerGraph } from '../../../src/model/onnx/lower.js';
import { inferShapes } from '../../../src/model/shapes.js';
import { openNativeRuntime } from '../../../src/run/ort-node.js';
import type { Runtime } from '../../../src/run/runtime.js';
import type { Tensor } from '../../../src/tensor/tensor.js';
import { FACTS, formula, IMAGE_INPUT, toRaw } from '../networks.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openNativeRuntime();
});

async function run(graph: Graph, image: Tensor, parameters: ReadonlyMap<string, Tensor> = new Map()): Promise<Tensor> {
  const [, , height = 0, width = 0] = image.shape;
  const weights = new Map([...parameters].map(([name, tensor]) => [name, toRaw(tensor)]));
  const shapes = inferShapes(graph, [height, width]);
  const bytes = encodeGraph(lowerGraph(graph, shapes), [graph.output], weights, shapes);
  const input = { ...IMAGE_INPUT, dtype: 'float32' as const };
  const session = await runtime.open({ bytes, files: new Map(), input, outputs: [graph.output] });
  const results = await session.run(image);
  await session.close();
  return results.get(graph.output)!;
}

function expectClose(ours: Tensor, theirs: readonly number[]) {
  expect(ours.data.length).toBe(theirs.length);
  const magnitude = Math.max(...theirs.map(Math.abs));
  expect(Math.max(...theirs.map((value, i) => Math.abs(value - ours.data[i]!))) / magnitude).toBeLessThan(1e-6);
}

describe("averages as PyTorch's adaptive_avg_pool2d", () => {
  it.each(FACTS.pool)('from $shape to $size', async ({ shape, size, result }) => {
    const net = new Network();
    const input = { name: 'input', channels: shape[1]! };
    const graph = { ...net.graph(net.adaptiveAveragePool('pool', input, { size })), input };
    const pooled = await run(graph, formula(shape, 3));
    expect(pooled.shape).toEqual([1, shape[1], size, size]);
    expectClose(pooled, result);
  });

  it('keeping a NaN and an infinity to the windows that hold them', async () => {
    const net = new Network();
    const input = { name: 'input', channels: 1 };
    const graph = { ...net.graph(net.adaptiveAveragePool('pool', input, { size: 2 })), input };
    // Rows 0..2 and 2..4, columns 0..1 and 1..2
    const rows = [
      [Number.NaN, 1, 2],
      [3, 4, 5],
      [6, 7, 8],
      [9, 10, 11],
      [12, 13, Number.POSITIVE_INFINITY],
    ];
    const pooled = await run(graph, { shape: [1, 1, 5, 3], data: Float32Array.from(rows.flat()) });
    expect([...pooled.data]).toEqual([Number.NaN, 4.5, 9.5, Number.POSITIVE_INFINITY]);
  });
});

it("gives a whole network PyTorch's result: dilation, groups, strides, padding, epsilon, sum, pooling, classifier", async () => {
  const net = new Network();
  let x = net.conv('conv1', net.input, {
    out: 6,
    kernel: 3,
    stride: 2,
    padding: 1,
    dilation: 2,
    groups: 3,
    bias: true,
  });
  x = net.relu('relu', net.batchNorm('bn1', x, { eps: 0.25 }));
  const conv2 = net.conv('conv2', x, { out: 4, kernel: 5, padding: 2 });
  x = net.relu('relu', net.sum('add', conv2, net.conv('conv3', x, { out: 4, kernel: 1 })));
  x = net.adaptiveAveragePool('avgpool', net.maxPool('pool', x, { kernel: 3, stride: 2, padding: 1 }), { size: 6 });
  const graph = net.graph(net.linear('fc', net.flatten('flatten', x, 6 * 6), { out: 7 }));

  const { parameters, input, result } = FACTS.tiny;
  expect(Object.fromEntries(graph.parameters)).toEqual(parameters);
  const weights = new Map<string, Tensor>();
  for (const [index, [name, shape]] of Object.entries(parameters).entries()) {
    const tensor = formula(shape, index + 1);
    weights.set(name, name.endsWith('running_var') ? { shape, data: tensor.data.map(Math.abs) } : tensor);
  }
  expectClose(await run(graph, formula(input, 0), weights), result);
});
