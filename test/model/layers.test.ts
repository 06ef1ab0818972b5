import { describe, expect, it } from 'vitest';
import { ARCHITECTURES } from '../../src/model/architectures/architectures.js';
import { Network } from '../../src/model/architectures/network.js';
import { layersOf } from '../../src/model/layers.js';
import { FACTS, NETWORK_NAMES } from './networks.js';

describe.each(NETWORK_NAMES)('%s', (name) => {
  const graph = ARCHITECTURES[name].build(1000);

  it("has torchvision's parameters, by name and shape", () => {
    const { parameters } = FACTS[name];
    const used = Object.entries(parameters).filter(([key]) => !key.endsWith('num_batches_tracked'));
    expect(Object.fromEntries(graph.parameters)).toEqual(Object.fromEntries(used));
  });

  it("has torchvision's convolutions under their module paths, in order", () => {
    expect(layersOf(graph).map(({ path }) => path)).toEqual(FACTS[name].convolutions);
  });
});

it('finds the taps of a block: its last convolution and its shortcut end in the same sum', () => {
  const layers = layersOf(ARCHITECTURES.resnet18.build(1000)).filter(({ path }) => path.startsWith('layer2.0.'));
  expect(layers.map(({ tensors }) => tensors)).toEqual([
    { conv: 'layer2.0.conv1', bn: 'layer2.0.bn1', act: 'layer2.0.relu' },
    { conv: 'layer2.0.conv2', bn: 'layer2.0.bn2', act: 'layer2.0.relu:2' },
    { conv: 'layer2.0.downsample.0', bn: 'layer2.0.downsample.1', act: 'layer2.0.relu:2' },
  ]);
});

it('takes the convolution for its batch norm where there is none', () => {
  const [, second] = layersOf(ARCHITECTURES.alexnet.build(1000));
  expect(second).toEqual({
    path: 'features.3',
    op: 'Conv',
    filters: 192,
    kernel: [5, 5],
    stride: [1, 1],
    padding: [2, 2],
    dilation: [1, 1],
    groups: 1,
    weightCount: 307200,
    tensors: { conv: 'features.3', bn: 'features.3', act: 'features.4' },
  });
});

it('takes the last tensor there is where no activation follows', () => {
  const net = new Network();
  const conv = net.conv('conv', net.input, { out: 4, kernel: 3, stride: 2, padding: 1, dilation: 2, groups: 1 });
  const bn = net.batchNorm('bn', conv);
  const graph = net.graph(net.maxPool('pool', net.conv('last', bn, { out: 6, kernel: 1, groups: 2 }), { kernel: 2 }));
  expect(layersOf(graph)).toMatchObject([
    { path: 'conv', stride: [2, 2], dilation: [2, 2], groups: 1, tensors: { conv: 'conv', bn: 'bn', act: 'bn' } },
    { path: 'last', filters: 6, groups: 2, tensors: { conv: 'last', bn: 'last', act: 'last' } },
  ]);
});
