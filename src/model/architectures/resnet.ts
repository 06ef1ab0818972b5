/**
 * ResNet (He et al. 2015, "Deep Residual Learning for Image Recognition"), Wide ResNet (Zagoruyko, Komodakis 2016) and ResNeXt
 * (Xie et al. 2016) as torchvision builds them.
 */
import { globalAverage } from './blocks.js';
import { Network, type Value } from './network.js';

interface ResNetOptions {
  readonly block: typeof basicBlock;
  /** Blocks of each stage. */
  readonly depths: readonly number[];
  readonly groups?: number;
  /** Channels of a group in the first stage. */
  readonly groupWidth?: number;
}

interface BlockOptions {
  /** Channels of the stage before a bottleneck widens them. */
  readonly channels: number;
  readonly stride: number;
  readonly groups: number;
  readonly groupWidth: number;
}

function resnet({ block, depths, groups = 1, groupWidth = 64 }: ResNetOptions) {
  return (classes: number) => {
    const net = new Network();
    let x = net.conv('conv1', net.input, { out: 64, kernel: 7, stride: 2, padding: 3 });
    x = net.relu('relu', net.batchNorm('bn1', x));
    x = net.maxPool('maxpool', x, { kernel: 3, stride: 2, padding: 1 });
    for (const [stage, depth] of depths.entries()) {
      for (let i = 0; i < depth; i++) {
        const stride = stage > 0 && i === 0 ? 2 : 1;
        x = block(net, `layer${stage + 1}.${i}`, x, { channels: 64 * 2 ** stage, stride, groups, groupWidth });
      }
    }
    return net.graph(net.linear('fc', globalAverage(net, x), { out: classes }));
  };
}

function basicBlock(net: Network, path: string, input: Value, { channels: out, stride }: BlockOptions): Value {
  let x = net.conv(`${path}.conv1`, input, { out, kernel: 3, stride, padding: 1 });
  x = net.relu(`${path}.relu`, net.batchNorm(`${path}.bn1`, x));
  x = net.batchNorm(`${path}.bn2`, net.conv(`${path}.conv2`, x, { out, kernel: 3, padding: 1 }));
  return addShortcut(net, path, input, x, stride);
}

/** The stride is at the 3x3 convolution (called ResNet v1.5), not at the first as in the paper. */
function bottleneck(net: Network, path: string, input: Value, options: BlockOptions): Value {
  const { channels, stride, groups, groupWidth } = options;
  const width = Math.floor((channels * groupWidth) / 64) * groups;
  let x = net.conv(`${path}.conv1`, input, { out: width, kernel: 1 });
  x = net.relu(`${path}.relu`, net.batchNorm(`${path}.bn1`, x));
  x = net.conv(`${path}.conv2`, x, { out: width, kernel: 3, stride, padding: 1, groups });
  x = net.relu(`${path}.relu`, net.batchNorm(`${path}.bn2`, x));
  x = net.batchNorm(`${path}.bn3`, net.conv(`${path}.conv3`, x, { out: 4 * channels, kernel: 1 }));
  return addShortcut(net, path, input, x, stride);
}

function addShortcut(net: Network, path: string, input: Value, x: Value, stride: number): Value {
  let shortcut = input;
  if (stride !== 1 || input.channels !== x.channels) {
    shortcut = net.conv(`${path}.downsample.0`, input, { out: x.channels, kernel: 1, stride });
    shortcut = net.batchNorm(`${path}.downsample.1`, shortcut);
  }
  return net.relu(`${path}.relu`, net.sum(`${path}.add`, x, shortcut));
}

const BASIC = { block: basicBlock };
const BOTTLENECK = { block: bottleneck };

export const RESNET = {
  resnet18: resnet({ ...BASIC, depths: [2, 2, 2, 2] }),
  resnet34: resnet({ ...BASIC, depths: [3, 4, 6, 3] }),
  resnet50: resnet({ ...BOTTLENECK, depths: [3, 4, 6, 3] }),
  resnet101: resnet({ ...BOTTLENECK, depths: [3, 4, 23, 3] }),
  resnet152: resnet({ ...BOTTLENECK, depths: [3, 8, 36, 3] }),
  wide_resnet50_2: resnet({ ...BOTTLENECK, depths: [3, 4, 6, 3], groupWidth: 128 }),
  wide_resnet101_2: resnet({ ...BOTTLENECK, depths: [3, 4, 23, 3], groupWidth: 128 }),
  resnext50_32x4d: resnet({ ...BOTTLENECK, depths: [3, 4, 6, 3], groups: 32, groupWidth: 4 }),
  resnext101_32x8d: resnet({ ...BOTTLENECK, depths: [3, 4, 23, 3], groups: 32, groupWidth: 8 }),
  resnext101_64x4d: resnet({ ...BOTTLENECK, depths: [3, 4, 23, 3], groups: 64, groupWidth: 4 }),
};
