/** MobileNet v3 (Howard et al. 2019, "Searching for MobileNetV3") as torchvision builds it. */
import { convNormActivation, globalAverage, makeDivisible, squeezeExcitation } from './blocks.js';
import { Network, type Value } from './network.js';

/** [kernel, expanded channels, channels, squeeze and excitation, activation, stride], as in the paper's tables 1 and 2. */
type Row = readonly [number, number, number, boolean, 'relu' | 'hardSwish', number];

const EPS = 0.001;

function mobilenetV3(rows: readonly Row[], hidden: number) {
  return (classes: number) => {
    const net = new Network();
    const ends = { activation: 'hardSwish', eps: EPS } as const;
    let x = convNormActivation(net, 'features.0', net.input, { ...ends, out: 16, stride: 2 });
    for (const [i, row] of rows.entries()) x = invertedResidual(net, `features.${i + 1}`, x, row);
    const last = `features.${rows.length + 1}`;
    x = convNormActivation(net, last, x, { ...ends, out: 6 * x.channels, kernel: 1 });
    x = net.hardSwish('classifier.1', net.linear('classifier.0', globalAverage(net, x), { out: hidden }));
    return net.graph(net.linear('classifier.3', x, { out: classes }));
  };
}

function invertedResidual(net: Network, path: string, input: Value, row: Row): Value {
  const [kernel, width, out, squeezed, activation, stride] = row;
  let index = 0;
  const next = () => `${path}.block.${index++}`;
  let x = input;
  if (width !== x.channels) x = convNormActivation(net, next(), x, { out: width, kernel: 1, activation, eps: EPS });
  x = convNormActivation(net, next(), x, { out: width, kernel, stride, groups: width, activation, eps: EPS });
  if (squeezed) {
    const squeeze = makeDivisible(Math.floor(width / 4));
    x = squeezeExcitation(net, next(), x, { squeeze, activation: 'relu', gate: 'hardSigmoid' });
  }
  x = convNormActivation(net, next(), x, { out, kernel: 1, eps: EPS });
  return stride === 1 && input.channels === out ? net.sum(`${path}.add`, x, input) : x;
}

const SMALL: readonly Row[] = [
  [3, 16, 16, true, 'relu', 2],
  [3, 72, 24, false, 'relu', 2],
  [3, 88, 24, false, 'relu', 1],
  [5, 96, 40, true, 'hardSwish', 2],
  [5, 240, 40, true, 'hardSwish', 1],
  [5, 240, 40, true, 'hardSwish', 1],
  [5, 120, 48, true, 'hardSwish', 1],
  [5, 144, 48, true, 'hardSwish', 1],
  [5, 288, 96, true, 'hardSwish', 2],
  [5, 576, 96, true, 'hardSwish', 1],
  [5, 576, 96, true, 'hardSwish', 1],
];

const LARGE: readonly Row[] = [
  [3, 16, 16, false, 'relu', 1],
  [3, 64, 24, false, 'relu', 2],
  [3, 72, 24, false, 'relu', 1],
  [5, 72, 40, true, 'relu', 2],
  [5, 120, 40, true, 'relu', 1],
  [5, 120, 40, true, 'relu', 1],
  [3, 240, 80, false, 'hardSwish', 2],
  [3, 200, 80, false, 'hardSwish', 1],
  [3, 184, 80, false, 'hardSwish', 1],
  [3, 184, 80, false, 'hardSwish', 1],
  [3, 480, 112, true, 'hardSwish', 1],
  [3, 672, 112, true, 'hardSwish', 1],
  [5, 672, 160, true, 'hardSwish', 2],
  [5, 960, 160, true, 'hardSwish', 1],
  [5, 960, 160, true, 'hardSwish', 1],
];

export const MOBILENET_V3 = {
  mobilenet_v3_small: mobilenetV3(SMALL, 1024),
  mobilenet_v3_large: mobilenetV3(LARGE, 1280),
};
