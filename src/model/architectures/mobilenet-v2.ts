/** MobileNet v2 (Sandler et al. 2018, "Inverted Residuals and Linear Bottlenecks") as torchvision builds it. */
import { convNormActivation, globalAverage } from './blocks.js';
import { Network, type Value } from './network.js';

/** [expansion, channels, blocks, stride of the first block] */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

export function mobilenetV2(classes: number) {
  const net = new Network();
  let index = 0;
  const next = () => `features.${index++}`;
  let x = convNormActivation(net, next(), net.input, { out: 32, stride: 2, activation: 'relu6' });
  for (const [expansion, out, blocks, stride] of STAGES) {
    for (let i = 0; i < blocks; i++) {
      x = invertedResidual(net, next(), x, { expansion, out, stride: i === 0 ? stride : 1 });
    }
  }
  x = convNormActivation(net, next(), x, { out: 1280, kernel: 1, activation: 'relu6' });
  return net.graph(net.linear('classifier.1', globalAverage(net, x), { out: classes }));
}

interface BlockOptions {
  readonly expansion: number;
  readonly out: number;
  readonly stride: number;
}

function invertedResidual(net: Network, path: string, input: Value, { expansion, out, stride }: BlockOptions): Value {
  let index = 0;
  const next = () => `${path}.conv.${index++}`;
  const width = input.channels * expansion;
  let x = input;
  if (expansion !== 1) x = convNormActivation(net, next(), x, { out: width, kernel: 1, activation: 'relu6' });
  x = convNormActivation(net, next(), x, { out: width, stride, groups: width, activation: 'relu6' });
  x = net.conv(next(), x, { out, kernel: 1 });
  x = net.batchNorm(next(), x);
  return stride === 1 && input.channels === out ? net.sum(`${path}.add`, input, x) : x;
}
