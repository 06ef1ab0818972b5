/** EfficientNet (Tan, Le 2019) and EfficientNetV2 (Tan, Le 2021, "Smaller Models and Faster Training") as torchvision builds them. */
import { convNormActivation, globalAverage, makeDivisible, squeezeExcitation } from './blocks.js';
import { Network, type Value } from './network.js';

/** [expansion, kernel, stride of the first block, channels, blocks] */
type Stage = readonly [number, number, number, number, number];

interface EfficientNetOptions {
  readonly stem: number;
  readonly stages: readonly Stage[];
  /** How many of the first stages have one full convolution where the others have a pointwise and a depthwise one. */
  readonly fused?: number;
  /** Channels of the last convolution. Default: four times the last stage's. */
  readonly last?: number;
  readonly eps: number;
}

function efficientnet({ stem, stages, fused = 0, last, eps }: EfficientNetOptions) {
  return (classes: number) => {
    const net = new Network();
    let x = convNormActivation(net, 'features.0', net.input, { out: stem, stride: 2, eps, activation: 'silu' });
    for (const [i, [expansion, kernel, firstStride, out, blocks]] of stages.entries()) {
      const block = i < fused ? fusedBlock : mobileBlock;
      for (let j = 0; j < blocks; j++) {
        const stride = j === 0 ? firstStride : 1;
        const input = x;
        const path = `features.${i + 1}.${j}`;
        x = block(net, `${path}.block`, input, { expansion, kernel, stride, out, eps });
        if (stride === 1 && input.channels === out) x = net.sum(`${path}.add`, x, input);
      }
    }
    const end = { out: last ?? 4 * x.channels, kernel: 1, eps, activation: 'silu' } as const;
    x = convNormActivation(net, `features.${stages.length + 1}`, x, end);
    return net.graph(net.linear('classifier.1', globalAverage(net, x), { out: classes }));
  };
}

interface BlockOptions {
  readonly expansion: number;
  readonly kernel: number;
  readonly stride: number;
  readonly out: number;
  readonly eps: number;
}

/** torchvision's MBConv. */
function mobileBlock(net: Network, path: string, input: Value, options: BlockOptions): Value {
  const { expansion, kernel, stride, out, eps } = options;
  let index = 0;
  const next = () => `${path}.${index++}`;
  const width = makeDivisible(input.channels * expansion);
  const inner = { out: width, eps, activation: 'silu' } as const;
  let x = input;
  if (width !== x.channels) x = convNormActivation(net, next(), x, { ...inner, kernel: 1 });
  x = convNormActivation(net, next(), x, { ...inner, kernel, stride, groups: width });
  const squeeze = Math.max(1, Math.floor(input.channels / 4));
  x = squeezeExcitation(net, next(), x, { squeeze, activation: 'silu', gate: 'sigmoid' });
  return convNormActivation(net, next(), x, { out, kernel: 1, eps });
}

/** torchvision's FusedMBConv. */
function fusedBlock(net: Network, path: string, input: Value, options: BlockOptions): Value {
  const { expansion, kernel, stride, out, eps } = options;
  const first = { kernel, stride, eps, activation: 'silu' } as const;
  const width = makeDivisible(input.channels * expansion);
  if (width === input.channels) return convNormActivation(net, `${path}.0`, input, { ...first, out });
  const x = convNormActivation(net, `${path}.0`, input, { ...first, out: width });
  return convNormActivation(net, `${path}.1`, x, { out, kernel: 1, eps });
}

const B0: readonly Stage[] = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];

/** EfficientNet-B0 with its channels and blocks scaled up. */
function scaled(width: number, depth: number, eps = 1e-5) {
  const stages = B0.map(
    ([expansion, kernel, stride, out, blocks]): Stage => [
      expansion,
      kernel,
      stride,
      makeDivisible(out * width),
      Math.ceil(blocks * depth),
    ],
  );
  return efficientnet({ stem: makeDivisible(32 * width), stages, eps });
}

function second(fused: number, stages: readonly Stage[]) {
  return efficientnet({ stem: stages[0]![3], stages, fused, last: 1280, eps: 0.001 });
}

export const EFFICIENTNET = {
  efficientnet_b0: scaled(1, 1),
  efficientnet_b1: scaled(1, 1.1),
  efficientnet_b2: scaled(1.1, 1.2),
  efficientnet_b3: scaled(1.2, 1.4),
  efficientnet_b4: scaled(1.4, 1.8),
  efficientnet_b5: scaled(1.6, 2.2, 0.001),
  efficientnet_b6: scaled(1.8, 2.6, 0.001),
  efficientnet_b7: scaled(2, 3.1, 0.001),
  efficientnet_v2_s: second(3, [
    [1, 3, 1, 24, 2],
    [4, 3, 2, 48, 4],
    [4, 3, 2, 64, 4],
    [4, 3, 2, 128, 6],
    [6, 3, 1, 160, 9],
    [6, 3, 2, 256, 15],
  ]),
  efficientnet_v2_m: second(3, [
    [1, 3, 1, 24, 3],
    [4, 3, 2, 48, 5],
    [4, 3, 2, 80, 5],
    [4, 3, 2, 160, 7],
    [6, 3, 1, 176, 14],
    [6, 3, 2, 304, 18],
    [6, 3, 1, 512, 5],
  ]),
  efficientnet_v2_l: second(3, [
    [1, 3, 1, 32, 4],
    [4, 3, 2, 64, 7],
    [4, 3, 2, 96, 7],
    [4, 3, 2, 192, 10],
    [6, 3, 1, 224, 19],
    [6, 3, 2, 384, 25],
    [6, 3, 1, 640, 7],
  ]),
};
