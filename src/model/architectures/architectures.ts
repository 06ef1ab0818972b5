/** The networks by torchvision's names. A network is built when it is asked for. */
import type { Graph } from '../graph.js';
import { alexnet } from './alexnet.js';
import { CONVNEXT } from './convnext.js';
import { DENSENET, DENSENET_OLD_NAMES } from './densenet.js';
import { EFFICIENTNET } from './efficientnet.js';
import { googlenet } from './googlenet.js';
import { inceptionV3 } from './inception.js';
import { MNASNET } from './mnasnet.js';
import { mobilenetV2 } from './mobilenet-v2.js';
import { MOBILENET_V3 } from './mobilenet-v3.js';
import { REGNET } from './regnet.js';
import { RESNET } from './resnet.js';
import { SHUFFLENET_V2 } from './shufflenet-v2.js';
import { SQUEEZENET } from './squeezenet.js';
import { VGG } from './vgg.js';

export interface Architecture {
  /** The network with torchvision's names, for a classifier of this many classes. */
  readonly build: (classes: number) => Graph;
  /** The parameter whose first axis is the number of classes. */
  readonly classesFrom: string;
  /** The layers that the first users know from the tool that this one replaces, with the tap it shows. */
  readonly seed?: { readonly layers: readonly string[]; readonly tap: 'conv' | 'act' };
  /** Names that checkpoints had before torchvision renamed its modules. */
  readonly oldNames?: { readonly pattern: RegExp; readonly replacement: string };
}

const TABLE = {
  alexnet: {
    build: alexnet,
    classesFrom: 'classifier.6.weight',
    seed: { layers: ['features.*'], tap: 'act' },
  },
  ...family(VGG, { classesFrom: 'classifier.6.weight' }),
  ...family(RESNET, { classesFrom: 'fc.weight' }),
  resnet18: {
    build: RESNET.resnet18,
    classesFrom: 'fc.weight',
    seed: { layers: ['conv1', 'layer*.0.conv1'], tap: 'conv' },
  },
  ...family(SQUEEZENET, { classesFrom: 'classifier.1.weight' }),
  ...family(DENSENET, { classesFrom: 'classifier.weight', oldNames: DENSENET_OLD_NAMES }),
  googlenet: { build: googlenet, classesFrom: 'fc.weight' },
  inception_v3: { build: inceptionV3, classesFrom: 'fc.weight' },
  mobilenet_v2: { build: mobilenetV2, classesFrom: 'classifier.1.weight' },
  ...family(MOBILENET_V3, { classesFrom: 'classifier.3.weight' }),
  ...family(SHUFFLENET_V2, { classesFrom: 'fc.weight' }),
  ...family(MNASNET, { classesFrom: 'classifier.1.weight' }),
  ...family(EFFICIENTNET, { classesFrom: 'classifier.1.weight' }),
  ...family(REGNET, { classesFrom: 'fc.weight' }),
  ...family(CONVNEXT, { classesFrom: 'classifier.2.weight' }),
} satisfies Record<string, Architecture>;

export type ArchitectureName = keyof typeof TABLE;

export const ARCHITECTURES: Readonly<Record<ArchitectureName, Architecture>> = TABLE;

function family<Name extends string>(
  builds: Readonly<Record<Name, Architecture['build']>>,
  shared: Omit<Architecture, 'build'>,
): Record<Name, Architecture> {
  const rows = Object.entries<Architecture['build']>(builds).map(([name, build]) => [name, { build, ...shared }]);
  return Object.fromEntries(rows);
}
