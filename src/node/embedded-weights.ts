/** The weights that come with the package: see assets/weights/README.md for what they are. */
import { fileURLToPath } from 'node:url';
import type { ArchitectureName } from '../model/architectures/architectures.js';

export interface EmbeddedWeights {
  readonly path: string;
  /** Parameters beyond the architecture's: the small classifiers they were trained with. */
  readonly unexpected: readonly string[];
  readonly note: string;
}

const NOTE = 'trained from scratch on 128 classes of formula-made textures; not ImageNet weights, they know no objects';

export const EMBEDDED_WEIGHTS = {
  alexnet: { path: asset('alexnet-formula.f16.safetensors'), unexpected: ['head.weight', 'head.bias'], note: NOTE },
  resnet18: { path: asset('resnet18-formula.f16.safetensors'), unexpected: [], note: NOTE },
} as const satisfies Partial<Record<ArchitectureName, EmbeddedWeights>>;

function asset(name: string): string {
  return fileURLToPath(new URL(`../../assets/weights/${name}`, import.meta.url));
}
