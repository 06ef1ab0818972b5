/** ShuffleNet v2 (Ma et al. 2018, "Practical Guidelines for Efficient CNN Architecture Design") as torchvision builds it. */
import { globalAverage } from './blocks.js';
import { Network, type Value } from './network.js';

const DEPTHS = [4, 8, 4];

/** Channels of stages 2 to 4, and of the last convolution. */
function shufflenetV2(stages: readonly number[], last: number) {
  return (classes: number) => {
    const net = new Network();
    let x = convNormRelu(net, 'conv1', 0, net.input, { out: 24, kernel: 3, stride: 2 });
    x = net.maxPool('maxpool', x, { kernel: 3, stride: 2, padding: 1 });
    for (const [stage, out] of stages.entries()) {
      const path = `stage${stage + 2}`;
      x = reducingUnit(net, `${path}.0`, x, out);
      for (let i = 1; i < DEPTHS[stage]!; i++) x = unit(net, `${path}.${i}`, x);
    }
    x = convNormRelu(net, 'conv5', 0, x, { out: last, kernel: 1 });
    return net.graph(net.linear('fc', globalAverage(net, x), { out: classes }));
  };
}

/** Halves the map; both branches see all channels. */
function reducingUnit(net: Network, path: string, input: Value, out: number): Value {
  const depthwise = convNorm(net, `${path}.branch1`, 0, input, {
    out: input.channels,
    kernel: 3,
    stride: 2,
    depthwise: true,
  });
  const first = convNormRelu(net, `${path}.branch1`, 2, depthwise, { out: out / 2, kernel: 1 });
  const second = branch2(net, path, input, { out: out / 2, stride: 2 });
  return shuffle(net, path, net.concat(`${path}.concat`, [first, second]));
}

/** One half of the channels passes unchanged. */
function unit(net: Network, path: string, input: Value): Value {
  const half = input.channels / 2;
  const first = net.pickChannels(`${path}.first`, input, range(0, half));
  const second = net.pickChannels(`${path}.second`, input, range(half, input.channels));
  const changed = branch2(net, path, second, { out: half, stride: 1 });
  return shuffle(net, path, net.concat(`${path}.concat`, [first, changed]));
}

function branch2(net: Network, path: string, input: Value, { out, stride }: { out: number; stride: number }): Value {
  const branch = `${path}.branch2`;
  let x = convNormRelu(net, branch, 0, input, { out, kernel: 1 });
  x = convNorm(net, branch, 3, x, { out, kernel: 3, stride, depthwise: true });
  return convNormRelu(net, branch, 5, x, { out, kernel: 1 });
}

/** Interleaves the two halves of the channels. */
function shuffle(net: Network, path: string, x: Value): Value {
  const half = x.channels / 2;
  const order = range(0, x.channels).map((i) => (i % 2) * half + Math.floor(i / 2));
  return net.pickChannels(path, x, order);
}

interface StepOptions {
  readonly out: number;
  readonly kernel: 1 | 3;
  readonly stride?: number;
  readonly depthwise?: boolean;
}

/** Children `index` and `index + 1` of a Sequential. */
function convNorm(net: Network, path: string, index: number, input: Value, options: StepOptions): Value {
  const { out, kernel, stride = 1, depthwise = false } = options;
  const groups = depthwise ? out : 1;
  const x = net.conv(`${path}.${index}`, input, { out, kernel, stride, padding: (kernel - 1) / 2, groups });
  return net.batchNorm(`${path}.${index + 1}`, x);
}

function convNormRelu(net: Network, path: string, index: number, input: Value, options: StepOptions): Value {
  return net.relu(`${path}.${index + 2}`, convNorm(net, path, index, input, options));
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

export const SHUFFLENET_V2 = {
  shufflenet_v2_x0_5: shufflenetV2([48, 96, 192], 1024),
  shufflenet_v2_x1_0: shufflenetV2([116, 232, 464], 1024),
  shufflenet_v2_x1_5: shufflenetV2([176, 352, 704], 1024),
  shufflenet_v2_x2_0: shufflenetV2([244, 488, 976], 2048),
};
