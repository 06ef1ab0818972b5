import { describe, expect, it } from 'vitest';
import { model, type NodeParts, open } from './build-onnx.js';
import { CASES, openFixture } from './fixtures.js';

/** Paths of the layers of these nodes, each a step on from the one before. */
async function paths(
  nodes: readonly (Omit<NodeParts, 'inputs' | 'outputs'> & { weight?: string })[],
): Promise<string[]> {
  const weights: Record<string, readonly number[]> = {};
  const chain = nodes.map(({ weight = 'w', ...parts }, index) => {
    const input = index === 0 ? 'image' : `t${index - 1}`;
    if (parts.op === 'Conv') weights[weight] = [3, 3, 1, 1];
    return { ...parts, inputs: parts.op === 'Conv' ? [input, weight] : [input], outputs: [`t${index}`] };
  });
  const { layers } = await open(model({ nodes: chain, weights, outputs: [] }));
  return layers.map(({ path }) => path);
}

describe('module paths', () => {
  it('of the legacy exporter of torch', async () => {
    const names = [
      '/layer1/layer1.0/conv1/Conv',
      '/layer1/layer1.0/relu/Relu',
      '/layer1/layer1.0/relu_1/Relu',
      '/layer1/layer1.0/Neg',
      '/features/features.0/features.0.1/Conv',
    ];
    const nodes = names.map((name) => ({ name, op: name.split('/').at(-1)!, weight: 'onnx::Conv_1' }));
    expect(await paths(nodes)).toEqual([
      'layer1.0.conv1',
      'layer1.0.relu',
      'layer1.0.relu_1',
      'layer1.0.Neg',
      'features.0.1',
    ]);
  });

  it('of the dynamo exporter of torch, where a batch norm was folded and a module runs twice', async () => {
    const nodes = [
      {
        op: 'Conv',
        name: 'node_Conv_7',
        weight: 'layer1.0.conv1.weight',
        scopes: "['', 'layer1', 'layer1.0', 'layer1.0.bn1', 'batch_norm']",
      },
      { op: 'Relu', name: 'node_relu', scopes: "['', 'layer1', 'layer1.0', 'layer1.0.relu', 'relu']" },
      { op: 'Relu', name: 'node_relu_1', scopes: "['', 'layer1', 'layer1.0', 'layer1.0.relu', 'relu_1']" },
      { op: 'Neg', name: 'node_neg', scopes: "['', 'layer1', 'layer1.0', 'neg']" },
      { op: 'Abs', name: 'node_abs', scopes: "['', 'abs_1']" },
    ];
    expect(await paths(nodes)).toEqual(['layer1.0.conv1', 'layer1.0.relu', 'layer1.0.relu:2', 'layer1.0.neg', 'abs_1']);
  });

  it('of tf2onnx, Paddle and Caffe2, and of quantised weights', async () => {
    const nodes = [
      { op: 'Conv', name: 'StatefulPartitionedCall/model/block/conv/Conv2D__12', weight: 'const_fold_opt__3' },
      { op: 'Conv', name: 'model/stem/conv/BiasAdd', weight: 'model/stem/conv/Conv2D/ReadVariableOp:0' },
      { op: 'Conv', name: 'p2o.Conv.0', weight: 'conv2d_0.w_0' },
      { op: 'Conv', name: '', weight: 'fire2/squeeze1x1_w_0' },
      { op: 'Conv', name: 'fused Conv_0_quant', weight: 'ConvBnFusion_W_stage2.0.branch1.0.weight_quantized' },
    ];
    expect(await paths(nodes)).toEqual([
      'model.block.conv',
      'model.stem.conv',
      'conv2d_0',
      'fire2.squeeze1x1',
      'stage2.0.branch1.0',
    ]);
  });

  it("else the node's name, else operator and number; never one twice", async () => {
    const nodes = [
      { op: 'Conv', name: 'first' },
      { op: 'Conv', name: 'first' },
      { op: 'Conv', name: 'first:2' },
      { op: 'Conv', name: '' },
      { op: 'Relu', name: '' },
      { op: 'Conv', name: '' },
      { op: 'Relu', name: 'Conv_0' },
    ];
    expect(await paths(nodes)).toEqual(['first', 'first:2', 'first:2:2', 'Conv_0', 'Relu_0', 'Conv_1', 'Conv_0:2']);
  });

  it('of a weight that two convolutions share', async () => {
    const node = { op: 'Conv', name: 'head', weight: 'head.conv.weight' };
    expect(await paths([node, node])).toEqual(['head.conv', 'head.conv:2']);
  });

  it('that are too long to be any', async () => {
    const long = `${'a.'.repeat(40_000)}weight`;
    expect(await paths([{ op: 'Conv', name: '', weight: long }])).toEqual(['Conv_0']);
  });

  it.each(Object.keys(CASES))('never name two layers: %s', async (name) => {
    const { layers } = await openFixture(name);
    expect(new Set(layers.map(({ path }) => path)).size).toBe(layers.length);
  });
});
