/** The convolutions of a graph, with the tensors at which each can be tapped. */
import type { Graph, GraphNode } from './graph.js';
import { int, windowOf } from './shapes.js';

/**
 * Where a layer is tapped. `conv`: the convolution's own output, bias included. `bn`: after its batch norm. `act`: after the activation
 * that follows; for a residual block's last convolution and its shortcut that is after the addition.
 */
export const TAPS = ['conv', 'bn', 'act'] as const;
export type Tap = (typeof TAPS)[number];

export interface Layer {
  /** Module path as PyTorch prints it, such as `layer1.0.conv1`. */
  readonly path: string;
  readonly filters: number;
  /** Per spatial axis [y, x]. */
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /** The tensor at each tap. Without a batch norm `bn` is the convolution's output; without an activation `act` is `bn`. */
  readonly tensors: Readonly<Record<Tap, string>>;
}

const ACTIVATIONS = new Set(['Relu']);

export function layersOf(graph: Graph): Layer[] {
  const consumers = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const name of node.inputs) consumers.set(name, [...(consumers.get(name) ?? []), node]);
  }
  const after = (tensor: string, matches: (op: string) => boolean) => {
    const node = consumers.get(tensor)?.find(({ op }) => matches(op));
    return node?.outputs[0];
  };
  return graph.nodes
    .filter(({ op }) => op === 'Conv')
    .map((node) => {
      const conv = node.outputs[0]!;
      const bn = after(conv, (op) => op === 'BatchNormalization') ?? conv;
      const sum = after(bn, (op) => op === 'Add') ?? bn;
      const act = after(sum, (op) => ACTIVATIONS.has(op)) ?? bn;
      const { kernel, stride, dilation, padBefore } = windowOf(node);
      return {
        path: node.name,
        filters: graph.parameters.get(node.inputs[1]!)![0]!,
        kernel,
        stride,
        padding: padBefore,
        dilation,
        groups: int(node, 'group', 1),
        tensors: { conv, bn, act },
      };
    });
}
