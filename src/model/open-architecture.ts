/** An architecture by name and a checkpoint, joined into a Model whose graph points into the checkpoint's bytes. */
import type { ByteSource } from '../bytes/source.js';
import { DTYPE_BYTES, elementCount, type RawTensor } from '../tensor/tensor.js';
import { ARCHITECTURES, type ArchitectureName } from './architectures/architectures.js';
import { checkWeights, differences, type Exceptions } from './bind-weights.js';
import { fitNames } from './fit-names.js';
import { type Graph, nodesFor, parametersOf } from './graph.js';
import type { InputSpec } from './input-spec.js';
import type { Model } from './model.js';
import { type ExternalTensor, encodeGraph } from './onnx/encode-graph.js';
import { lowerGraph } from './onnx/lower.js';
import { outlineGraph } from './outline.js';
import { readStateDict, readTensors } from './read-state-dict.js';
import { inferShapes } from './shapes.js';
import { type CheckedRange, isContiguous, type StateDict } from './state-dict.js';

/** torchvision's normalisation for its ImageNet networks, per RGB channel. */
export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
export const IMAGENET_STD = [0.229, 0.224, 0.225] as const;

/** A size that no architecture is too large for; the number of classes does not depend on it. */
const CLASSIFIED_SIZE = [224, 224] as const;

export interface OpenArchitectureOptions {
  readonly weights: ByteSource;
  /** Parameters that this checkpoint is known to carry beyond the architecture's. */
  readonly unexpected?: readonly string[];
  /** The parameters that this file was made to hold, where it is a selection. */
  readonly required?: readonly string[] | undefined;
  readonly note?: string | null;
  /** Whether the classes mean something to a person. Default: true. */
  readonly namesClasses?: boolean;
}

/** Throws a ModelError where the checkpoint cannot be read or does not match the architecture. */
export async function openArchitecture(name: ArchitectureName, options: OpenArchitectureOptions): Promise<Model> {
  const read = await readStateDict(options.weights);
  const exceptions: Exceptions = { unexpected: options.unexpected ?? [], required: options.required };
  const { dict, graph, prefix } = fitNames(ARCHITECTURES[name], read, exceptions);
  checkWeights(graph, dict, exceptions, name, () => architecturesThatFit(read));
  const input: InputSpec = {
    name: graph.input.name,
    layout: 'NCHW',
    dtype: 'float32',
    channels: graph.input.channels,
    height: null,
    width: null,
    normalisation: { order: 'rgb', white: 1, mean: IMAGENET_MEAN, std: IMAGENET_STD, origin: 'torchvision' },
  };
  return {
    ...outlineGraph(name, graph),
    input,
    notes: prefix ? [`The checkpoint's names begin with ${prefix}, which was taken off.`] : [],
    classifier: classifierOf(graph, dict, options),
    weights: {
      source: dict.source,
      checksums: checksumsOf(dict),
      external: [],
      format: dict.format,
      note: options.note ?? null,
    },
    program: async (tensors, size) => {
      const needed = parametersOf(graph, nodesFor(graph, tensors));
      const location = fileName(dict.source);
      const shapes = inferShapes(graph, size);
      const weights = await locate(dict, needed, location);
      return {
        bytes: encodeGraph(lowerGraph(graph, shapes), tensors, weights, shapes),
        files: new Map([[location, dict.source]]),
        input: { name: graph.input.name, layout: 'NCHW', dtype: 'float32' },
        outputs: tensors,
        foldConstants: false,
      };
    },
  };
}

function checksumsOf({ entries }: StateDict): Map<string, CheckedRange> {
  return new Map([...entries].flatMap(([name, { storage }]) => (storage ? [[name, storage]] : [])));
}

/** Null where the checkpoint has no classifier, or one that says nothing. */
function classifierOf(
  graph: Graph,
  dict: StateDict,
  { namesClasses = true }: OpenArchitectureOptions,
): Model['classifier'] {
  const complete = parametersOf(graph, nodesFor(graph, [graph.output])).every((name) => dict.entries.has(name));
  if (!complete || !namesClasses) return null;
  const classes = inferShapes(graph, CLASSIFIED_SIZE).get(graph.output)![1]!;
  return { tensor: graph.output, classes, kind: 'logits' };
}

/** The architectures whose names and shapes a checkpoint has. */
function architecturesThatFit(dict: StateDict): string[] {
  const names = Object.keys(ARCHITECTURES) as ArchitectureName[];
  return names.filter((name) => {
    const { dict: fitted, graph } = fitNames(ARCHITECTURES[name], dict, { unexpected: [] });
    return differences(graph, fitted, { unexpected: [] }).length === 0;
  });
}

/** Where each parameter lies in the checkpoint; one that is not row-major there is gathered into memory. */
async function locate(dict: StateDict, names: readonly string[], location: string) {
  const tensors = new Map<string, ExternalTensor | RawTensor>();
  const gathered: string[] = [];
  for (const name of names) {
    const entry = dict.entries.get(name)!;
    const byteLength = elementCount(entry.shape) * DTYPE_BYTES[entry.dtype];
    if (isContiguous(entry)) tensors.set(name, { ...entry, location, byteLength });
    else gathered.push(name);
  }
  for (const [name, tensor] of await readTensors(dict, gathered)) tensors.set(name, tensor);
  return tensors;
}

/** Outside Windows a backslash is part of the name. */
function fileName({ path }: ByteSource): string {
  return path?.split(path.startsWith('/') ? '/' : /[\\/]/).at(-1) ?? 'weights';
}
