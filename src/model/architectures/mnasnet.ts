/** MNASNet-B1 (Tan et al. 2018, "MnasNet: Platform-Aware Neural Architecture Search for Mobile") as torchvision builds it. */
import { globalAverage, makeDivisible } from './blocks.js';
import { Network, type Value } from './network.js';

/** [channels, kernel, stride of the first block, expansion, blocks] */
const STACKS = [
  [24, 3, 2, 3, 3],
  [40, 5, 2, 3, 3],
  [80, 5, 2, 6, 3],
  [96, 3, 1, 6, 2],
  [192, 5, 2, 6, 4],
  [320, 3, 1, 6, 1],
] as const;

/** `alpha` scales every channel count but the last. */
function mnasnet(alpha: number) {
  return (classes: number) => {
    const net = new Network();
    const depth = (channels: number) => makeDivisible(channels * alpha);
    let x = step(net, 'layers', 0, net.input, { out: depth(32), kernel: 3, stride: 2 });
    x = step(net, 'layers', 3, x, { out: x.channels, kernel: 3, groups: x.channels });
    x = step(net, 'layers', 6, x, { out: depth(16), kernel: 1, linear: true });
    for (const [stack, [channels, kernel, stride, expansion, blocks]] of STACKS.entries()) {
      for (let i = 0; i < blocks; i++) {
        const options = { out: depth(channels), kernel, stride: i === 0 ? stride : 1, expansion };
        x = invertedResidual(net, `layers.${8 + stack}.${i}`, x, options);
      }
    }
    x = step(net, 'layers', 14, x, { out: 1280, kernel: 1 });
    return net.graph(net.linear('classifier.1', globalAverage(net, x), { out: classes }));
  };
}

interface BlockOptions {
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
}

function invertedResidual(net: Network, path: string, input: Value, options: BlockOptions): Value {
  const { out, kernel, stride, expansion } = options;
  const width = input.channels * expansion;
  let x = step(net, `${path}.layers`, 0, input, { out: width, kernel: 1 });
  x = step(net, `${path}.layers`, 3, x, { out: width, kernel, stride, groups: width });
  x = step(net, `${path}.layers`, 6, x, { out, kernel: 1, linear: true });
  return stride === 1 && input.channels === out ? net.sum(`${path}.add`, x, input) : x;
}

interface StepOptions {
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly linear?: boolean;
}

/** Children `index` to `index + 2` of a Sequential: convolution, batch norm and, unless linear, ReLU. */
function step(net: Network, path: string, index: number, input: Value, options: StepOptions): Value {
  const { linear = false, kernel, ...rest } = options;
  let x = net.conv(`${path}.${index}`, input, { ...rest, kernel, padding: (kernel - 1) / 2 });
  x = net.batchNorm(`${path}.${index + 1}`, x);
  return linear ? x : net.relu(`${path}.${index + 2}`, x);
}

export const MNASNET = {
  mnasnet0_5: mnasnet(0.5),
  mnasnet0_75: mnasnet(0.75),
  mnasnet1_0: mnasnet(1),
  mnasnet1_3: mnasnet(1.3),
};
