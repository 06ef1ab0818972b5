/** The convolutions of a graph, with the tensors at which each can be tapped. */
import { elementCount } from '../tensor/tensor.js';
import type { Graph, GraphNode } from './graph.js';
import type { Layer } from './layer.js';
import { int, windowOf } from './shapes.js';

const ACTIVATIONS = new Set(['Relu', 'Clip', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Gelu']);

export function layersOf(graph: Graph): Layer[] {
  const consumers = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const name of node.inputs) consumers.set(name, [...(consumers.get(name) ?? []), node]);
  }
  const after = (tensor: string, matches: (op: string) => boolean) => {
    const node = consumers.get(tensor)?.find(({ op }) => matches(op));
    return node?.outputs[0];
  };
  const activated = (tensor: string) => {
    const activation = after(tensor, (op) => ACTIVATIONS.has(op));
    // SiLU is written as x * sigmoid(x)
    const products = consumers.get(activation ?? '')?.filter(({ op }) => op === 'Mul') ?? [];
    const silu = products.find(({ inputs }) => inputs.includes(tensor));
    return silu?.outputs[0] ?? activation;
  };
  return graph.nodes
    .filter(({ op }) => op === 'Conv')
    .map((node) => {
      const conv = node.outputs[0]!;
      const bn = after(conv, (op) => op === 'BatchNormalization') ?? conv;
      const sum = after(bn, (op) => op === 'Add');
      const act = activated(bn) ?? (sum && activated(sum)) ?? bn;
      const { kernel, stride, dilation, padBefore } = windowOf(node);
      return {
        path: node.name,
        op: node.op,
        filters: graph.parameters.get(node.inputs[1]!)![0]!,
        kernel,
        stride,
        padding: padBefore,
        dilation,
        groups: int(node, 'group', 1),
        weightCount: elementCount(graph.parameters.get(node.inputs[1]!)!),
        tensors: { conv, bn, act },
      };
    });
}

/** Every output [1, channels, height, width] of the network, the convolutions with their taps, in execution order. */
export function pointsOf(graph: Graph): Layer[] {
  const convolutions = new Map(layersOf(graph).map((layer) => [layer.tensors.conv, layer]));
  const fixed = new Set([...graph.parameters.keys(), ...graph.constants.keys()]);
  const maps = new Set([graph.input.name]);
  const points: Layer[] = [];
  for (const node of graph.nodes) {
    const [output = ''] = node.outputs;
    if (
      !isMap(
        node,
        node.inputs.filter((name) => !fixed.has(name)),
        maps,
      )
    )
      continue;
    maps.add(output);
    const { kernel, stride, dilation, padBefore } = node.attributes.kernel_shape ? windowOf(node) : NO_WINDOW;
    const tensors = { conv: output, bn: output, act: output };
    const point = {
      path: node.name,
      op: node.op,
      filters: null,
      kernel,
      stride,
      padding: padBefore,
      dilation,
      groups: 1,
      weightCount: null,
      tensors,
    };
    points.push(convolutions.get(output) ?? point);
  }
  return points;
}

const NO_WINDOW = { kernel: [], stride: [], dilation: [], padBefore: [] };

/** Whether the output has its channels before height and width: not a vector, and not ConvNeXt's channels-last inside. */
function isMap({ op, attributes }: GraphNode, inputs: readonly string[], maps: ReadonlySet<string>): boolean {
  if (op === 'Transpose') return attributes.perm?.type === 'ints' && attributes.perm.value.join() === '0,3,1,2';
  return op !== 'Flatten' && op !== 'Gemm' && inputs.length > 0 && inputs.every((name) => maps.has(name));
}
