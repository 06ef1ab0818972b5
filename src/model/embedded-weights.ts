/** The weights that come with the package: see assets/weights/README.md for what they are. */
import type { ArchitectureName } from './architectures/architectures.js';
import type { OpenArchitectureOptions } from './open-architecture.js';

export interface EmbeddedWeights {
  /** In the package's assets/weights; `featurescope/weights/FILE` where a bundler asks. */
  readonly fileName: string;
  /** For `openArchitecture`, beside the bytes. */
  readonly options: Omit<OpenArchitectureOptions, 'weights'>;
}

const NOTE = 'trained from scratch on 128 classes of formula-made textures; not ImageNet weights, they know no objects';

export const EMBEDDED_WEIGHTS = {
  alexnet: {
    fileName: 'alexnet-formula.f16.safetensors',
    // The small classifier that it was trained with.
    options: { unexpected: ['head.weight', 'head.bias'], note: NOTE, namesClasses: false },
  },
  resnet18: { fileName: 'resnet18-formula.f16.safetensors', options: { note: NOTE, namesClasses: false } },
} as const satisfies Partial<Record<ArchitectureName, EmbeddedWeights>>;
