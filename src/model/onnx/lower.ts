/** Writes operations that ONNX lacks with those that it has, for the tensor shapes at hand. */
import type { RawTensor } from '../../tensor/tensor.js';
import type { Graph, GraphNode } from '../graph.js';
import { ints, type Shape } from '../shapes.js';

/** The same graph in ONNX operators only. */
export function lowerGraph(graph: Graph, shapes: ReadonlyMap<string, Shape>): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.flatMap((node) =>
    node.op === 'AdaptiveAveragePool' ? lowerAdaptiveAverage(node, shapes.get(node.inputs[0]!)!, constants) : [node],
  );
  return { ...graph, nodes, constants };
}

/** Columns are averaged first, then rows: every window is a rectangle, so this is its mean. A NaN stays in the windows that hold it. */
function lowerAdaptiveAverage(node: GraphNode, input: Shape, constants: Map<string, RawTensor>): GraphNode[] {
  const [outHeight = 1, outWidth = 1] = ints(node, 'output_size', [1, 1]);
  if (outHeight === 1 && outWidth === 1) return [{ ...node, op: 'GlobalAveragePool', attributes: {} }];
  const [, , height = 1, width = 1] = input;
  const [source] = node.inputs;
  const [result] = node.outputs;
  const narrowed = `${node.name}:narrowed`;
  return [
    ...averageWindows(
      { name: narrowed, input: source!, output: narrowed, axis: 3, size: width, out: outWidth },
      constants,
    ),
    ...averageWindows(
      { name: node.name, input: narrowed, output: result!, axis: 2, size: height, out: outHeight },
      constants,
    ),
  ];
}

interface AxisAverage {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly axis: number;
  /** Cells along the axis, before and after. */
  readonly size: number;
  readonly out: number;
}

/** Cell i of torch's adaptive_avg_pool averages cells floor(i * size / out) up to, not including, ceil((i + 1) * size / out). */
function averageWindows(
  { name, input, output, axis, size, out }: AxisAverage,
  constants: Map<string, RawTensor>,
): GraphNode[] {
  const constant = (label: string, value: number) => {
    constants.set(`${name}:${label}`, {
      dtype: 'int64',
      shape: [1],
      bytes: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer),
    });
    return `${name}:${label}`;
  };
  const node = (op: string, label: string, inputs: readonly string[]): GraphNode => {
    return { op, name: `${name}:${label}`, inputs, outputs: [`${name}:${label}`], attributes: {} };
  };
  const axes = constant('axes', axis);
  const windows = Array.from({ length: out }, (_, i) => {
    const start = constant(`start${i}`, Math.floor((i * size) / out));
    const end = constant(`end${i}`, Math.ceil(((i + 1) * size) / out));
    const window = node('Slice', `window${i}`, [input, start, end, axes]);
    return [window, node('ReduceMean', `mean${i}`, [window.name, axes])] as const;
  });
  const means = windows.map(([, mean]) => mean.name);
  const joined: GraphNode = {
    op: 'Concat',
    name,
    inputs: means,
    outputs: [output],
    attributes: { axis: { type: 'int', value: axis } },
  };
  return [...windows.flat(), joined];
}
