/** SqueezeNet (Iandola et al. 2016, "AlexNet-level accuracy with 50x fewer parameters") as torchvision builds it. */
import { globalAverage } from './blocks.js';
import { Network, type Value } from './network.js';

/** Squeeze channels of each Fire module; each of its two expansions has four times as many. */
const SQUEEZE = [16, 16, 32, 32, 48, 48, 64, 64];

interface SqueezeNetOptions {
  readonly stem: { readonly out: number; readonly kernel: number };
  /** Fire modules after which a pooling follows. */
  readonly poolAfter: readonly number[];
}

function squeezenet({ stem, poolAfter }: SqueezeNetOptions) {
  return (classes: number) => {
    const net = new Network();
    let index = 0;
    const next = () => `features.${index++}`;
    const pool = (value: Value) => net.maxPool(next(), value, { kernel: 3, stride: 2, ceilMode: true });
    let x = net.conv(next(), net.input, { ...stem, stride: 2, bias: true });
    x = pool(net.relu(next(), x));
    for (const [i, squeeze] of SQUEEZE.entries()) {
      x = fire(net, next(), x, squeeze);
      if (poolAfter.includes(i + 1)) x = pool(x);
    }
    x = net.relu('classifier.2', net.conv('classifier.1', x, { out: classes, kernel: 1, bias: true }));
    return net.graph(globalAverage(net, x));
  };
}

function fire(net: Network, path: string, input: Value, squeeze: number): Value {
  const expand = { out: 4 * squeeze, bias: true };
  let x = net.conv(`${path}.squeeze`, input, { out: squeeze, kernel: 1, bias: true });
  x = net.relu(`${path}.squeeze_activation`, x);
  const narrow = net.conv(`${path}.expand1x1`, x, { ...expand, kernel: 1 });
  const wide = net.conv(`${path}.expand3x3`, x, { ...expand, kernel: 3, padding: 1 });
  return net.concat(`${path}.concat`, [
    net.relu(`${path}.expand1x1_activation`, narrow),
    net.relu(`${path}.expand3x3_activation`, wide),
  ]);
}

export const SQUEEZENET = {
  squeezenet1_0: squeezenet({ stem: { out: 96, kernel: 7 }, poolAfter: [3, 7] }),
  squeezenet1_1: squeezenet({ stem: { out: 64, kernel: 3 }, poolAfter: [2, 4] }),
};
