/**
 * The shape of every tensor of a graph for one input size, by ONNX's own rules per operator. Throws where the input is too small for
 * a kernel, so that this is known before anything runs.
 */
import { InputError } from '../errors.js';
import type { Attribute, Graph, GraphNode } from './graph.js';

export type Shape = readonly number[];

export function ints(node: GraphNode, name: string, fallback: readonly number[]): readonly number[] {
  const attribute = node.attributes[name];
  return attribute?.type === 'ints' ? attribute.value : fallback;
}

export function int(node: GraphNode, name: string, fallback: number): number {
  const attribute: Attribute | undefined = node.attributes[name];
  return attribute?.type === 'int' ? attribute.value : fallback;
}

/** Kernel geometry of a Conv or pooling node, per spatial axis. */
export function windowOf(node: GraphNode) {
  const kernel = ints(node, 'kernel_shape', [1, 1]);
  const axes = kernel.length;
  const pads = ints(node, 'pads', new Array(2 * axes).fill(0));
  return {
    kernel,
    stride: ints(node, 'strides', new Array(axes).fill(1)),
    dilation: ints(node, 'dilations', new Array(axes).fill(1)),
    padBefore: pads.slice(0, axes),
    padAfter: pads.slice(axes),
  };
}

/** Shapes of all tensors for an input [1, channels, height, width]. */
export function inferShapes(graph: Graph, [height, width]: readonly [number, number]): Map<string, Shape> {
  const shapes = new Map<string, Shape>([[graph.input.name, [1, graph.input.channels, height, width]]]);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(
      (name) => shapes.get(name) ?? graph.parameters.get(name) ?? graph.constants.get(name)?.shape,
    );
    const [input] = inputs;
    if (!input) throw new Error(`shape of ${node.inputs[0]} is not known at ${node.name}`);
    shapes.set(node.outputs[0] ?? '', outputShape(node, input, inputs, [height, width]));
  }
  return shapes;
}

function outputShape(
  node: GraphNode,
  input: Shape,
  inputs: readonly (Shape | undefined)[],
  imageSize: readonly [number, number],
): Shape {
  const [batch = 1, channels = 1, ...spatial] = input;
  const second: Shape = inputs[1] ?? [];
  switch (node.op) {
    case 'Conv':
      return [batch, second[0]!, ...slide(node, spatial, imageSize)];
    case 'MaxPool':
    case 'AveragePool':
      return [batch, channels, ...slide(node, spatial, imageSize)];
    case 'AdaptiveAveragePool':
      return [batch, channels, ...ints(node, 'output_size', [1, 1])];
    case 'Flatten':
      return [batch, spatial.reduce((product, size) => product * size, channels)];
    case 'Gemm':
      return [batch, second[0]!];
    case 'Concat':
      return [batch, inputs.reduce((sum, shape) => sum + shape![1]!, 0), ...spatial];
    case 'Gather':
      return [batch, second[0]!, ...spatial];
    case 'Transpose':
      return ints(node, 'perm', []).map((axis) => input[axis]!);
    case 'MatMul':
      return [...input.slice(0, -1), second.at(-1)!];
    default:
      return input;
  }
}

function slide(node: GraphNode, spatial: Shape, [height, width]: readonly [number, number]): number[] {
  const { kernel, stride, dilation, padBefore, padAfter } = windowOf(node);
  const ceilMode = int(node, 'ceil_mode', 0) === 1;
  return spatial.map((size, axis) => {
    const reach = dilation[axis]! * (kernel[axis]! - 1) + 1;
    const steps = (size + padBefore[axis]! + padAfter[axis]! - reach) / stride[axis]!;
    const cells = (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
    if (cells < 1) {
      throw new InputError(
        `an image of ${width}x${height} is too small for this network: at ${node.name} (kernel ${kernel.join('x')}) only ` +
          `${spatial.toReversed().join('x')} cells are left; use a larger --img-size`,
      );
    }
    // As in PyTorch, the last window of ceil mode must begin inside the image or its leading padding.
    return ceilMode && (cells - 1) * stride[axis]! >= size + padBefore[axis]! ? cells - 1 : cells;
  });
}
