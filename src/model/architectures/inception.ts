/**
 * Inception v3 (Szegedy et al. 2015, "Rethinking the Inception Architecture for Computer Vision") as torchvision builds it for its ImageNet
 * weights: see googlenet.ts.
 */
import { globalAverage } from './blocks.js';
import { basicConv, transformInput } from './googlenet.js';
import { type ConvOptions, Network, type Value } from './network.js';

/** A row of a branch: the module's name, its channels, its kernel; padding keeps the size unless the stride is 2. */
type Step = readonly [name: string, out: number, kernel: ConvOptions['kernel'], stride?: number];

function chain(net: Network, path: string, input: Value, steps: readonly Step[]): Value {
  return steps.reduce((x, [name, out, kernel, stride = 1]) => {
    const [height, width] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
    const padding = stride === 1 ? ([(height - 1) / 2, (width - 1) / 2] as const) : 0;
    return basicConv(net, `${path}.${name}`, x, { out, kernel, stride, padding });
  }, input);
}

function pooled(net: Network, path: string, input: Value, out: number): Value {
  const x = net.averagePool(`${path}.avg_pool`, input, { kernel: 3, stride: 1, padding: 1 });
  return chain(net, path, x, [['branch_pool', out, 1]]);
}

function inceptionA(net: Network, path: string, x: Value, poolOut: number): Value {
  return net.concat(`${path}.concat`, [
    chain(net, path, x, [['branch1x1', 64, 1]]),
    chain(net, path, x, [
      ['branch5x5_1', 48, 1],
      ['branch5x5_2', 64, 5],
    ]),
    chain(net, path, x, [
      ['branch3x3dbl_1', 64, 1],
      ['branch3x3dbl_2', 96, 3],
      ['branch3x3dbl_3', 96, 3],
    ]),
    pooled(net, path, x, poolOut),
  ]);
}

function inceptionB(net: Network, path: string, x: Value): Value {
  return net.concat(`${path}.concat`, [
    chain(net, path, x, [['branch3x3', 384, 3, 2]]),
    chain(net, path, x, [
      ['branch3x3dbl_1', 64, 1],
      ['branch3x3dbl_2', 96, 3],
      ['branch3x3dbl_3', 96, 3, 2],
    ]),
    net.maxPool(`${path}.max_pool`, x, { kernel: 3, stride: 2 }),
  ]);
}

function inceptionC(net: Network, path: string, x: Value, c: number): Value {
  const row = [1, 7] as const;
  const column = [7, 1] as const;
  return net.concat(`${path}.concat`, [
    chain(net, path, x, [['branch1x1', 192, 1]]),
    chain(net, path, x, [
      ['branch7x7_1', c, 1],
      ['branch7x7_2', c, row],
      ['branch7x7_3', 192, column],
    ]),
    chain(net, path, x, [
      ['branch7x7dbl_1', c, 1],
      ['branch7x7dbl_2', c, column],
      ['branch7x7dbl_3', c, row],
      ['branch7x7dbl_4', c, column],
      ['branch7x7dbl_5', 192, row],
    ]),
    pooled(net, path, x, 192),
  ]);
}

function inceptionD(net: Network, path: string, x: Value): Value {
  return net.concat(`${path}.concat`, [
    chain(net, path, x, [
      ['branch3x3_1', 192, 1],
      ['branch3x3_2', 320, 3, 2],
    ]),
    chain(net, path, x, [
      ['branch7x7x3_1', 192, 1],
      ['branch7x7x3_2', 192, [1, 7]],
      ['branch7x7x3_3', 192, [7, 1]],
      ['branch7x7x3_4', 192, 3, 2],
    ]),
    net.maxPool(`${path}.max_pool`, x, { kernel: 3, stride: 2 }),
  ]);
}

function inceptionE(net: Network, path: string, x: Value): Value {
  const one = chain(net, path, x, [['branch1x1', 320, 1]]);
  const two = chain(net, path, x, [['branch3x3_1', 384, 1]]);
  const twoA = chain(net, path, two, [['branch3x3_2a', 384, [1, 3]]]);
  const twoB = chain(net, path, two, [['branch3x3_2b', 384, [3, 1]]]);
  const three = chain(net, path, x, [
    ['branch3x3dbl_1', 448, 1],
    ['branch3x3dbl_2', 384, 3],
  ]);
  const threeA = chain(net, path, three, [['branch3x3dbl_3a', 384, [1, 3]]]);
  const threeB = chain(net, path, three, [['branch3x3dbl_3b', 384, [3, 1]]]);
  return net.concat(`${path}.concat`, [one, twoA, twoB, threeA, threeB, pooled(net, path, x, 192)]);
}

function auxiliary(net: Network, path: string, input: Value, classes: number): void {
  let x = net.averagePool(`${path}.avg_pool`, input, { kernel: 5, stride: 3 });
  x = basicConv(net, `${path}.conv0`, x, { out: 128, kernel: 1 });
  x = basicConv(net, `${path}.conv1`, x, { out: 768, kernel: 5 });
  net.linear(`${path}.fc`, x, { out: classes });
}

export function inceptionV3(classes: number) {
  const net = new Network();
  let x = basicConv(net, 'Conv2d_1a_3x3', transformInput(net), { out: 32, kernel: 3, stride: 2 });
  x = basicConv(net, 'Conv2d_2a_3x3', x, { out: 32, kernel: 3 });
  x = basicConv(net, 'Conv2d_2b_3x3', x, { out: 64, kernel: 3, padding: 1 });
  x = net.maxPool('maxpool1', x, { kernel: 3, stride: 2 });
  x = basicConv(net, 'Conv2d_3b_1x1', x, { out: 80, kernel: 1 });
  x = basicConv(net, 'Conv2d_4a_3x3', x, { out: 192, kernel: 3 });
  x = net.maxPool('maxpool2', x, { kernel: 3, stride: 2 });
  x = inceptionA(net, 'Mixed_5b', x, 32);
  x = inceptionA(net, 'Mixed_5c', x, 64);
  x = inceptionA(net, 'Mixed_5d', x, 64);
  x = inceptionB(net, 'Mixed_6a', x);
  x = inceptionC(net, 'Mixed_6b', x, 128);
  x = inceptionC(net, 'Mixed_6c', x, 160);
  x = inceptionC(net, 'Mixed_6d', x, 160);
  x = inceptionC(net, 'Mixed_6e', x, 192);
  net.unused(() => auxiliary(net, 'AuxLogits', x, classes));
  x = inceptionD(net, 'Mixed_7a', x);
  x = inceptionE(net, 'Mixed_7b', x);
  x = inceptionE(net, 'Mixed_7c', x);
  return net.graph(net.linear('fc', globalAverage(net, x), { out: classes }));
}
