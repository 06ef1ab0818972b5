/** Which parameters of an architecture a run reads, so that no others need to be fetched. */
import { ARCHITECTURES, type ArchitectureName } from './architectures/architectures.js';
import { nodesFor, parametersOf } from './graph.js';
import type { Tap } from './layer.js';
import { layersOf } from './layers.js';
import { selectLayers } from './select-layers.js';

export interface Needs {
  /** Paths or globs; every convolution where none are given. */
  readonly layers?: readonly string[] | undefined;
  readonly tap: Tap;
  /** Whether the classifier is asked as well. */
  readonly classifier: boolean;
}

/** Names as in the checkpoint. The number of classes plays no part in them. */
export function neededParameters(name: ArchitectureName, { layers, tap, classifier }: Needs): string[] {
  const graph = ARCHITECTURES[name].build(1000);
  const all = layersOf(graph);
  const chosen = layers ? selectLayers(all, layers) : all;
  const tensors = chosen.map((layer) => layer.tensors[tap]);
  return parametersOf(graph, nodesFor(graph, classifier ? [...tensors, graph.output] : tensors));
}
