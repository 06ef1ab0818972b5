/**
 * Which input pixels a cell of a tensor can see (Araujo, Norris, Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks"). Cell i
 * along an axis sees the `size` pixels from `start + i * stride`; padding makes `start` negative.
 */
import type { Graph } from './graph.js';
import { windowOf } from './shapes.js';

export interface AxisField {
  /** Distance between neighbouring cells, in input pixels. */
  readonly stride: number;
  /** In input pixels. */
  readonly size: number;
  /** First input pixel that cell 0 sees. */
  readonly start: number;
}

/** [y, x]; undefined from the first operation on that sees the whole image. */
export type ReceptiveField = readonly [AxisField, AxisField];

const PIXEL: AxisField = { stride: 1, size: 1, start: 0 };

export function receptiveFields(graph: Graph): Map<string, ReceptiveField> {
  const fields = new Map<string, ReceptiveField>([[graph.input.name, [PIXEL, PIXEL]]]);
  /** Tensors that are the same whatever the image. */
  const fixed = new Set([...graph.parameters.keys(), ...graph.constants.keys()]);
  for (const node of graph.nodes) {
    const inputs = node.inputs.filter((name) => !fixed.has(name));
    if (inputs.length === 0) for (const name of node.outputs) fixed.add(name);
    const [first, ...others] = inputs.map((name) => fields.get(name));
    if (!first || others.some((field) => !field) || WHOLE_IMAGE.has(node.op)) continue;
    let field = others.reduce<ReceptiveField>((a, b) => eachAxis((axis) => union(a[axis], b![axis])), first);
    if (node.op === 'Conv' || node.op === 'MaxPool' || node.op === 'AveragePool') {
      const { kernel, stride, dilation, padBefore } = windowOf(node);
      const below = field;
      field = eachAxis((axis) => ({
        stride: below[axis].stride * stride[axis]!,
        size: below[axis].size + (kernel[axis]! - 1) * dilation[axis]! * below[axis].stride,
        start: below[axis].start - padBefore[axis]! * below[axis].stride,
      }));
    }
    fields.set(node.outputs[0] ?? '', field);
  }
  return fields;
}

const WHOLE_IMAGE = new Set(['AdaptiveAveragePool', 'Flatten', 'Gemm']);

function eachAxis(make: (axis: 0 | 1) => AxisField): ReceptiveField {
  return [make(0), make(1)];
}

/** Where branches meet, a cell sees what either branch saw. */
function union(a: AxisField, b: AxisField): AxisField {
  const start = Math.min(a.start, b.start);
  return { stride: a.stride, start, size: Math.max(a.start + a.size, b.start + b.size) - start };
}
