/** Brings a checkpoint's names to torchvision's: names from before a renaming, and a prefix that all of them share. */
import type { Architecture } from './architectures/architectures.js';
import { differences, type Exceptions } from './bind-weights.js';
import type { Graph } from './graph.js';
import type { StateDict } from './state-dict.js';

const IMAGENET_CLASSES = 1000;
/** Wrappers around wrappers; a name from a stranger can hold any number of dots. */
const MOST_PREFIX_PARTS = 4;

export interface FittedNames {
  /** The checkpoint under torchvision's names. */
  readonly dict: StateDict;
  /** The architecture with as many classes as the checkpoint has. */
  readonly graph: Graph;
  /** What was taken off every name, such as `model.` or `backbone.`; '' where nothing was. */
  readonly prefix: string;
}

/**
 * The checkpoint without the shortest common prefix of whole name parts (maybe none) with which everything fits the architecture. Where none does, the
 * checkpoint as it is.
 */
export function fitNames(architecture: Architecture, dict: StateDict, exceptions: Exceptions): FittedNames {
  const candidates = commonPrefixes([...dict.entries.keys()]).map((prefix) => rename(architecture, dict, prefix));
  return candidates.find(({ dict, graph }) => differences(graph, dict, exceptions).length === 0) ?? candidates[0]!;
}

function rename({ build, classesFrom, oldNames }: Architecture, dict: StateDict, prefix: string): FittedNames {
  const entries = new Map(
    [...dict.entries].map(([name, entry]) => {
      const bare = name.slice(prefix.length);
      return [oldNames ? bare.replace(oldNames.pattern, oldNames.replacement) : bare, entry];
    }),
  );
  // Two names that become one are not this architecture's
  const renamed = entries.size === dict.entries.size ? { ...dict, entries } : dict;
  return { dict: renamed, graph: build(renamed.entries.get(classesFrom)?.shape[0] ?? IMAGENET_CLASSES), prefix };
}

/** `''`, `a.`, `a.b.` for the names `a.b.c` and `a.b.d`. */
function commonPrefixes(names: readonly string[]): string[] {
  const prefixes = [''];
  const [first = ''] = names;
  for (
    let dot = first.indexOf('.');
    dot >= 0 && prefixes.length <= MOST_PREFIX_PARTS;
    dot = first.indexOf('.', dot + 1)
  ) {
    const prefix = first.slice(0, dot + 1);
    if (!names.every((name) => name.startsWith(prefix))) break;
    prefixes.push(prefix);
  }
  return prefixes;
}
