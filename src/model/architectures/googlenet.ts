/**
 * GoogLeNet (Szegedy et al. 2014, "Going Deeper with Convolutions") as torchvision builds it for its ImageNet weights: with batch norm, with the
 * input shifted to the range that these were trained on, with auxiliary classifiers in the checkpoint that evaluation does not run.
 */
import { globalAverage } from './blocks.js';
import { type ConvOptions, Network, type Value } from './network.js';

/** torchvision's `transform_input`: from ImageNet's normalisation to (x - 0.5) / 0.5. */
export function transformInput(net: Network): Value {
  return net.affine('transform_input', net.input, {
    scale: [0.229, 0.224, 0.225].map((std) => std / 0.5),
    shift: [0.485, 0.456, 0.406].map((mean) => (mean - 0.5) / 0.5),
  });
}

/** torchvision's BasicConv2d. */
export function basicConv(net: Network, path: string, input: Value, options: ConvOptions): Value {
  const x = net.batchNorm(`${path}.bn`, net.conv(`${path}.conv`, input, options), { eps: 0.001 });
  return net.relu(`${path}.relu`, x);
}

/** Channels of an Inception module's branches: [1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5, pooling]. */
type Branches = readonly [number, number, number, number, number, number];

function inception(net: Network, path: string, input: Value, branches: Branches): Value {
  const [out1, reduced2, out2, reduced3, out3, out4] = branches;
  const one = basicConv(net, `${path}.branch1`, input, { out: out1, kernel: 1 });
  const narrowed2 = basicConv(net, `${path}.branch2.0`, input, { out: reduced2, kernel: 1 });
  const two = basicConv(net, `${path}.branch2.1`, narrowed2, { out: out2, kernel: 3, padding: 1 });
  // The paper's 5x5 is 3x3 in torchvision, and in the weights
  const narrowed3 = basicConv(net, `${path}.branch3.0`, input, { out: reduced3, kernel: 1 });
  const three = basicConv(net, `${path}.branch3.1`, narrowed3, { out: out3, kernel: 3, padding: 1 });
  const pooled = net.maxPool(`${path}.branch4.0`, input, { kernel: 3, stride: 1, padding: 1, ceilMode: true });
  const four = basicConv(net, `${path}.branch4.1`, pooled, { out: out4, kernel: 1 });
  return net.concat(`${path}.concat`, [one, two, three, four]);
}

function auxiliary(net: Network, path: string, input: Value, classes: number): void {
  let x = net.adaptiveAveragePool(`${path}.avgpool`, input, { size: 4 });
  x = net.flatten(`${path}.flatten`, basicConv(net, `${path}.conv`, x, { out: 128, kernel: 1 }), 4 * 4);
  net.linear(`${path}.fc2`, net.linear(`${path}.fc1`, x, { out: 1024 }), { out: classes });
}

export function googlenet(classes: number) {
  const net = new Network();
  const pool = (path: string, value: Value, kernel = 3) =>
    net.maxPool(path, value, { kernel, stride: 2, ceilMode: true });
  let x = basicConv(net, 'conv1', transformInput(net), { out: 64, kernel: 7, stride: 2, padding: 3 });
  x = basicConv(net, 'conv2', pool('maxpool1', x), { out: 64, kernel: 1 });
  x = pool('maxpool2', basicConv(net, 'conv3', x, { out: 192, kernel: 3, padding: 1 }));
  x = inception(net, 'inception3a', x, [64, 96, 128, 16, 32, 32]);
  x = pool('maxpool3', inception(net, 'inception3b', x, [128, 128, 192, 32, 96, 64]));
  const aux1 = inception(net, 'inception4a', x, [192, 96, 208, 16, 48, 64]);
  x = inception(net, 'inception4b', aux1, [160, 112, 224, 24, 64, 64]);
  x = inception(net, 'inception4c', x, [128, 128, 256, 24, 64, 64]);
  const aux2 = inception(net, 'inception4d', x, [112, 144, 288, 32, 64, 64]);
  x = pool('maxpool4', inception(net, 'inception4e', aux2, [256, 160, 320, 32, 128, 128]), 2);
  x = inception(net, 'inception5a', x, [256, 160, 320, 32, 128, 128]);
  x = inception(net, 'inception5b', x, [384, 192, 384, 48, 128, 128]);
  net.unused(() => {
    auxiliary(net, 'aux1', aux1, classes);
    auxiliary(net, 'aux2', aux2, classes);
  });
  return net.graph(net.linear('fc', globalAverage(net, x), { out: classes }));
}
