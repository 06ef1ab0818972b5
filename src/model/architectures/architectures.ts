import type { Graph } from '../graph.js';
import { alexnet } from './alexnet.js';
import { resnet18 } from './resnet.js';

export interface Architecture {
  /** The network with torchvision's names, for a classifier of this many classes. */
  readonly build: (classes: number) => Graph;
  /** The parameter whose first axis is the number of classes. */
  readonly classesFrom: string;
  /** The layers that the first users know from the tool that this one replaces, with the tap it shows. */
  readonly seed: { readonly layers: readonly string[]; readonly tap: 'conv' | 'act' };
}

export const ARCHITECTURES = {
  alexnet: {
    build: alexnet,
    classesFrom: 'classifier.6.weight',
    seed: { layers: ['features.*'], tap: 'act' },
  },
  resnet18: {
    build: resnet18,
    classesFrom: 'fc.weight',
    seed: { layers: ['conv1', 'layer*.0.conv1'], tap: 'conv' },
  },
} as const satisfies Record<string, Architecture>;

export type ArchitectureName = keyof typeof ARCHITECTURES;
