/** What can be said of an architecture without its weights. */
import { ARCHITECTURES, type ArchitectureName } from './architectures/architectures.js';
import { countParameters, type Graph } from './graph.js';
import { pointsOf } from './layers.js';
import type { Model } from './model.js';
import { receptiveFields } from './receptive-field.js';
import { inferShapes } from './shapes.js';

export type Outline = Pick<Model, 'name' | 'layers' | 'receptiveFields' | 'parameterCount' | 'shapes'>;

/** With a classifier of ImageNet's 1,000 classes. */
export function outlineArchitecture(name: ArchitectureName): Outline {
  return outlineGraph(name, ARCHITECTURES[name].build(1000));
}

export function outlineGraph(name: string, graph: Graph): Outline {
  return {
    name,
    layers: pointsOf(graph),
    receptiveFields: receptiveFields(graph),
    parameterCount: countParameters(graph),
    shapes: (size) => inferShapes(graph, size),
  };
}
