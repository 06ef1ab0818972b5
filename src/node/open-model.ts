import { ModelError, UsageError } from '../errors.js';
import { ARCHITECTURES, type ArchitectureName } from '../model/architectures/architectures.js';
import type { Model } from '../model/model.js';
import { openArchitecture } from '../model/open-architecture.js';
import { nearestNames } from '../nearest-names.js';
import { EMBEDDED_WEIGHTS } from './embedded-weights.js';
import { describeFileError, isFileError } from './file-errors.js';
import { openFileSource } from './file-source.js';

export interface OpenModelOptions {
  /** `embedded` (the default), or the path of a `.pth`, `.pt` or `.safetensors` state dict. */
  readonly weights?: string;
}

export const EMBEDDED = 'embedded';

/**
 * An architecture by name (`alexnet`, `resnet18`) with its weights. Throws a UsageError for an unknown name and a ModelError for a checkpoint that cannot
 * be read or does not match.
 */
export async function openModel(name: string, { weights = EMBEDDED }: OpenModelOptions = {}): Promise<Model> {
  checkArchitecture(name);
  if (weights === EMBEDDED) {
    const { path, unexpected, note } = EMBEDDED_WEIGHTS[name];
    const source = { ...(await openWeights(path)), name: EMBEDDED };
    return openArchitecture(name, { weights: source, unexpected, note });
  }
  return openArchitecture(name, { weights: await openWeights(weights) });
}

export function checkArchitecture(name: string): asserts name is ArchitectureName {
  if (Object.hasOwn(ARCHITECTURES, name)) return;
  const names = Object.keys(ARCHITECTURES);
  throw new UsageError(
    `--model ${name}: no such architecture; the nearest are ${nearestNames(name, names).join(', ')}`,
  );
}

async function openWeights(path: string) {
  return openFileSource(path).catch((cause) => {
    if (!isFileError(cause)) throw cause;
    throw new ModelError(`weights ${describeFileError(path, cause)}`, { cause });
  });
}
