import { elementCount, type RawTensor } from '../tensor/tensor.js';

/** An ONNX attribute: what it holds follows from its type, as in AttributeProto. */
export type Attribute =
  | { readonly type: 'int' | 'float'; readonly value: number }
  | { readonly type: 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly type: 'string'; readonly value: string };

/** One operation. An input named '' is an optional one left out, as ONNX writes it. */
export interface GraphNode {
  readonly op: string;
  /** Dotted module path where there is one (`layer1.0.conv1`); unique within the graph. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Graph {
  /** The image input: [1, channels, height, width], float32. */
  readonly input: { readonly name: string; readonly channels: number };
  /** In execution order. */
  readonly nodes: readonly GraphNode[];
  /** The shape of every parameter that nodes refer to by name, as the checkpoint names it. */
  readonly parameters: ReadonlyMap<string, readonly number[]>;
  /** Small tensors that belong to the operations themselves (Reshape targets and the like). */
  readonly constants: ReadonlyMap<string, RawTensor>;
  /** The network's own result, such as the logits. */
  readonly output: string;
}

/** Elements of all parameters that the network's result depends on; a batch norm's statistics are none, as in PyTorch. */
export function countParameters(graph: Graph): number {
  const names = parametersOf(graph, nodesFor(graph, [graph.output])).filter(
    (name) => !/\.running_(mean|var)$/.test(name),
  );
  return names.reduce((sum, name) => sum + elementCount(graph.parameters.get(name)!), 0);
}

/** The nodes that the named tensors depend on, in execution order: what is not asked for is not run. */
export function nodesFor(graph: Graph, tensors: Iterable<string>): GraphNode[] {
  const wanted = new Set(tensors);
  const kept: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    kept.push(node);
    for (const name of node.inputs) wanted.add(name);
  }
  return kept.reverse();
}

/** The parameters that these nodes read, in order of first use. */
export function parametersOf(graph: Graph, nodes: Iterable<GraphNode>): string[] {
  const names = new Set<string>();
  for (const node of nodes) {
    for (const name of node.inputs) if (graph.parameters.has(name)) names.add(name);
  }
  return [...names];
}
