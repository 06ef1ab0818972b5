/** Which parameters of an architecture a run reads, so that no others need to be fetched. */
import { ARCHITECTURES, type ArchitectureName } from './architectures/architectures.js';
import { nodesFor, parametersOf } from './graph.js';
import type { Tap } from './layer.js';
import { pointsOf } from './layers.js';
import { chooseLayers, type LayerChoice, selectTypes } from './select-layers.js';

export interface Needs extends LayerChoice {
  readonly tap: Tap;
  /** Whether the classifier is asked where the last convolution is among the layers. */
  readonly classifier: boolean;
}

/** Names as in torchvision's checkpoints; `all` where the classifier is asked, whose weights are most of the file. */
export function neededParameters(name: ArchitectureName, { tap, classifier, ...choice }: Needs): 'all' | string[] {
  const graph = ARCHITECTURES[name].build(IMAGENET_CLASSES);
  const points = pointsOf(graph);
  const chosen = chooseLayers(points, choice);
  if (classifier && reachesEnd(points, chosen)) return 'all';
  return parametersOf(
    graph,
    nodesFor(
      graph,
      chosen.map(({ tensors }) => tensors[tap]),
    ),
  );
}

/** The number of classes plays no part in the names. */
const IMAGENET_CLASSES = 1000;

/**
 * Whether a run of the chosen layers comes so far that asking the classifier costs little more. A choice of earlier layers is meant to spare the
 * rest of the network.
 */
export function reachesEnd(points: Parameters<typeof selectTypes>[0], chosen: readonly unknown[]): boolean {
  const last = selectTypes(points, undefined).at(-1);
  return last !== undefined && chosen.includes(last);
}
