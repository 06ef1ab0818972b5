/** The nodes of a graph in an order in which they can run; what cannot run for lack of a tensor is refused here. */
import { ModelError } from '../../errors.js';
import { quote } from '../quote.js';
import type { OnnxFile, OnnxNode } from './onnx-file.js';

/** Everything that a node needs to have run. */
export function dependencies({ inputs, captured }: OnnxNode): readonly string[] {
  return captured.length === 0 ? inputs : [...inputs, ...captured];
}

/**
 * The file's own order where that is one, as ONNX demands. Throws a ModelError where a tensor has two sources or none, and where nodes
 * wait for each other.
 */
export function orderNodes({ name, graph }: OnnxFile): OnnxNode[] {
  const producers = new Map<string, number>();
  for (const [index, node] of graph.nodes.entries()) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (producers.has(output) || graph.initialisers.has(output)) {
        throw new ModelError(
          `${name}: two sources of the tensor ${quote(output)}; the file is damaged, export it again`,
        );
      }
      producers.set(output, index);
    }
  }
  const given = new Set([...graph.initialisers.keys(), ...graph.inputs.map((input) => input.name)]);
  const missing = new Set<string>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (input !== '' && !producers.has(input) && !given.has(input)) missing.add(input);
    }
  }
  for (const output of graph.outputs)
    if (!producers.has(output.name) && !given.has(output.name)) missing.add(output.name);
  for (const tensor of graph.initialisers.values()) if (!tensor.hasValues && !tensor.external) missing.add(tensor.name);
  if (missing.size > 0) {
    const named = [...missing].slice(0, 3).map(quote).join(', ');
    throw new ModelError(
      `${name}: ${missing.size} tensors have no values (${named}${missing.size > 3 ? ', ...' : ''}); export the network with its weights`,
    );
  }
  return sort(name, graph.nodes, producers);
}

function sort(name: string, nodes: readonly OnnxNode[], producers: ReadonlyMap<string, number>): OnnxNode[] {
  const sources = (node: OnnxNode) => dependencies(node).flatMap((input) => producers.get(input) ?? []);
  if (nodes.every((node, index) => sources(node).every((source) => source < index))) return [...nodes];
  const waiting = nodes.map((node) => new Set(sources(node)));
  const consumers = new Map<number, number[]>();
  for (const [index, set] of waiting.entries()) {
    for (const source of set) {
      const list = consumers.get(source);
      if (list) list.push(index);
      else consumers.set(source, [index]);
    }
  }
  const order = [...waiting.keys()].filter((index) => waiting[index]!.size === 0);
  for (const ready of order) {
    for (const consumer of consumers.get(ready) ?? []) {
      waiting[consumer]!.delete(ready);
      if (waiting[consumer]!.size === 0) order.push(consumer);
    }
  }
  if (order.length < nodes.length) {
    const stuck = nodes[waiting.findIndex((set) => set.size > 0)]!;
    throw new ModelError(
      `${name}: the node ${quote(stuck.name || stuck.op)} waits for its own output; export the network again`,
    );
  }
  return order.map((index) => nodes[index]!);
}
