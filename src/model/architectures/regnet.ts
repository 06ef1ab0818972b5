/** RegNet (Radosavovic et al. 2020, "Designing Network Design Spaces") as torchvision builds it. */
import { convNormActivation, globalAverage, makeDivisible, squeezeExcitation } from './blocks.js';
import { Network, type Value } from './network.js';

/** The paper's parameters of section 3.3: widths rise along a line from `initial` with `slope`, quantised to powers of `step`. */
interface RegNetOptions {
  readonly depth: number;
  readonly initial: number;
  readonly slope: number;
  readonly step: number;
  readonly groupWidth: number;
}

interface Stage {
  readonly width: number;
  readonly groupWidth: number;
  readonly blocks: number;
}

/** `squeeze`: squeeze and excitation, to a quarter of the block's input, which makes an X network a Y network. */
function regnet(squeeze: boolean, options: RegNetOptions) {
  return (classes: number) => {
    const net = new Network();
    let x = convNormActivation(net, 'stem', net.input, { out: 32, stride: 2, activation: 'relu' });
    for (const [i, { width, groupWidth, blocks }] of stagesOf(options).entries()) {
      for (let j = 0; j < blocks; j++) {
        const path = `trunk_output.block${i + 1}.block${i + 1}-${j}`;
        x = block(net, path, x, { out: width, groupWidth, stride: j === 0 ? 2 : 1, squeeze });
      }
    }
    return net.graph(net.linear('fc', globalAverage(net, x), { out: classes }));
  };
}

/** Blocks of equal width are a stage. */
function stagesOf({ depth, initial, slope, step, groupWidth }: RegNetOptions): Stage[] {
  const blocksOf = new Map<number, number>();
  for (let i = 0; i < depth; i++) {
    const power = Math.round(Math.log((initial + i * slope) / initial) / Math.log(step));
    const width = 8 * roundHalfToEven((initial * step ** power) / 8);
    blocksOf.set(width, (blocksOf.get(width) ?? 0) + 1);
  }
  return [...blocksOf].map(([width, blocks]) => {
    const group = Math.min(groupWidth, width);
    return { width: makeDivisible(width, group), groupWidth: group, blocks };
  });
}

/** torch.round: regnet_x_1_6gf has a width of exactly 22.5 * 8. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

interface BlockOptions {
  readonly out: number;
  readonly groupWidth: number;
  readonly stride: number;
  readonly squeeze: boolean;
}

function block(net: Network, path: string, input: Value, { out, groupWidth, stride, squeeze }: BlockOptions): Value {
  let shortcut = input;
  if (stride !== 1 || input.channels !== out) {
    shortcut = convNormActivation(net, `${path}.proj`, input, { out, kernel: 1, stride });
  }
  let x = convNormActivation(net, `${path}.f.a`, input, { out, kernel: 1, activation: 'relu' });
  x = convNormActivation(net, `${path}.f.b`, x, { out, stride, groups: out / groupWidth, activation: 'relu' });
  if (squeeze) {
    const se = { squeeze: Math.round(input.channels / 4), activation: 'relu', gate: 'sigmoid' } as const;
    x = squeezeExcitation(net, `${path}.f.se`, x, se);
  }
  x = convNormActivation(net, `${path}.f.c`, x, { out, kernel: 1 });
  return net.relu(`${path}.activation`, net.sum(`${path}.add`, shortcut, x));
}

const x = (options: RegNetOptions) => regnet(false, options);
const y = (options: RegNetOptions) => regnet(true, options);

export const REGNET = {
  regnet_x_400mf: x({ depth: 22, initial: 24, slope: 24.48, step: 2.54, groupWidth: 16 }),
  regnet_x_800mf: x({ depth: 16, initial: 56, slope: 35.73, step: 2.28, groupWidth: 16 }),
  regnet_x_1_6gf: x({ depth: 18, initial: 80, slope: 34.01, step: 2.25, groupWidth: 24 }),
  regnet_x_3_2gf: x({ depth: 25, initial: 88, slope: 26.31, step: 2.25, groupWidth: 48 }),
  regnet_x_8gf: x({ depth: 23, initial: 80, slope: 49.56, step: 2.88, groupWidth: 120 }),
  regnet_x_16gf: x({ depth: 22, initial: 216, slope: 55.59, step: 2.1, groupWidth: 128 }),
  regnet_x_32gf: x({ depth: 23, initial: 320, slope: 69.86, step: 2.0, groupWidth: 168 }),
  regnet_y_400mf: y({ depth: 16, initial: 48, slope: 27.89, step: 2.09, groupWidth: 8 }),
  regnet_y_800mf: y({ depth: 14, initial: 56, slope: 38.84, step: 2.4, groupWidth: 16 }),
  regnet_y_1_6gf: y({ depth: 27, initial: 48, slope: 20.71, step: 2.65, groupWidth: 24 }),
  regnet_y_3_2gf: y({ depth: 21, initial: 80, slope: 42.63, step: 2.66, groupWidth: 24 }),
  regnet_y_8gf: y({ depth: 17, initial: 192, slope: 76.82, step: 2.19, groupWidth: 56 }),
  regnet_y_16gf: y({ depth: 18, initial: 200, slope: 106.23, step: 2.48, groupWidth: 112 }),
  regnet_y_32gf: y({ depth: 20, initial: 232, slope: 115.89, step: 2.53, groupWidth: 232 }),
  regnet_y_128gf: y({ depth: 27, initial: 456, slope: 160.83, step: 2.52, groupWidth: 264 }),
};
