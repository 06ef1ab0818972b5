/** Steps from node to node, over those that change how a tensor is stored but not what it says. */
import type { OnnxNode } from './onnx-file.js';

/** They change how a tensor is stored. */
export const TRANSPARENT: ReadonlySet<string> = new Set([
  'Cast',
  'DequantizeLinear',
  'Dropout',
  'Identity',
  'QuantizeLinear',
]);

export interface GraphWalk {
  /** What reads this tensor, in execution order, transparent nodes passed over. */
  consumers(tensor: string): readonly OnnxNode[];
  /** What makes this tensor. */
  producer(tensor: string): OnnxNode | undefined;
  /** The tensor of which this one is a transparent node's output, after any number of them. */
  origin(tensor: string): string;
}

/** `nodes` are in execution order. */
export function walkGraph(nodes: readonly OnnxNode[]): GraphWalk {
  const producers = new Map<string, OnnxNode>();
  const origins = new Map<string, string>();
  const consumers = new Map<string, OnnxNode[]>();
  const origin = (tensor: string) => origins.get(tensor) ?? tensor;
  for (const node of nodes) {
    for (const name of node.outputs) if (name !== '') producers.set(name, node);
    if (TRANSPARENT.has(node.op)) {
      const [from = ''] = node.inputs;
      const [to = ''] = node.outputs;
      origins.set(to, origin(from));
      continue;
    }
    for (const input of new Set(node.inputs.map(origin))) {
      const list = consumers.get(input);
      if (list) list.push(node);
      else consumers.set(input, [node]);
    }
  }
  return {
    consumers: (tensor) => consumers.get(origin(tensor)) ?? [],
    producer: (tensor) => producers.get(tensor),
    origin,
  };
}
