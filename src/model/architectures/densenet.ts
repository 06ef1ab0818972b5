/** DenseNet (Huang et al. 2016, "Densely Connected Convolutional Networks") as torchvision builds it: batch norm and activation come before a convolution. */
import { globalAverage } from './blocks.js';
import { Network, type Value } from './network.js';

interface DenseNetOptions {
  /** Channels after the first convolution. */
  readonly stem?: number;
  /** Channels that each layer adds. */
  readonly growth?: number;
  /** Layers of each block. */
  readonly depths: readonly number[];
}

function densenet({ stem = 64, growth = 32, depths }: DenseNetOptions) {
  return (classes: number) => {
    const net = new Network();
    let x = net.conv('features.conv0', net.input, { out: stem, kernel: 7, stride: 2, padding: 3 });
    x = net.relu('features.relu0', net.batchNorm('features.norm0', x));
    x = net.maxPool('features.pool0', x, { kernel: 3, stride: 2, padding: 1 });
    for (const [i, depth] of depths.entries()) {
      if (i > 0) x = transition(net, `features.transition${i}`, x);
      const path = `features.denseblock${i + 1}`;
      for (let layer = 1; layer <= depth; layer++) {
        const added = denseLayer(net, `${path}.denselayer${layer}`, x, growth);
        // One channel list that grows is the concatenation of all layers so far
        x = net.concat(`${path}.concat${layer}`, [x, added]);
      }
    }
    x = net.relu('relu', net.batchNorm('features.norm5', x));
    return net.graph(net.linear('classifier', globalAverage(net, x), { out: classes }));
  };
}

function denseLayer(net: Network, path: string, input: Value, growth: number): Value {
  let x = net.relu(`${path}.relu1`, net.batchNorm(`${path}.norm1`, input));
  x = net.conv(`${path}.conv1`, x, { out: 4 * growth, kernel: 1 });
  x = net.relu(`${path}.relu2`, net.batchNorm(`${path}.norm2`, x));
  return net.conv(`${path}.conv2`, x, { out: growth, kernel: 3, padding: 1 });
}

function transition(net: Network, path: string, input: Value): Value {
  let x = net.relu(`${path}.relu`, net.batchNorm(`${path}.norm`, input));
  x = net.conv(`${path}.conv`, x, { out: input.channels / 2, kernel: 1 });
  return net.averagePool(`${path}.pool`, x, { kernel: 2 });
}

export const DENSENET = {
  densenet121: densenet({ depths: [6, 12, 24, 16] }),
  densenet161: densenet({ depths: [6, 12, 36, 24], stem: 96, growth: 48 }),
  densenet169: densenet({ depths: [6, 12, 32, 32] }),
  densenet201: densenet({ depths: [6, 12, 48, 32] }),
};

/** The official files were saved when a module's name could hold a dot: `denselayer1.norm.1.weight`. */
export const DENSENET_OLD_NAMES = { pattern: /(\.denselayer\d+\.(?:norm|conv))\.([12])\./, replacement: '$1$2.' };
