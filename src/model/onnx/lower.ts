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

/** Averaging matrices from both sides: rows [out, height] x tensor [.., height, width] x columns [width, out]. */
function lowerAdaptiveAverage(node: GraphNode, input: Shape, constants: Map<string, RawTensor>): GraphNode[] {
  const [outHeight = 1, outWidth = 1] = ints(node, 'output_size', [1, 1]);
  const [, , height = 1, width = 1] = input;
  const rows = `${node.name}:rows`;
  const columns = `${node.name}:columns`;
  const narrowed = `${node.name}:narrowed`;
  constants.set(rows, averagingMatrix(outHeight, height, false));
  constants.set(columns, averagingMatrix(outWidth, width, true));
  return [
    { op: 'MatMul', name: narrowed, inputs: [node.inputs[0]!, columns], outputs: [narrowed], attributes: {} },
    { op: 'MatMul', name: node.name, inputs: [rows, narrowed], outputs: node.outputs, attributes: {} },
  ];
}

/** Cell i of torch's adaptive_avg_pool averages cells floor(i * size / out) up to, not including, ceil((i + 1) * size / out). */
function averagingMatrix(out: number, size: number, transposed: boolean): RawTensor {
  const values = new Float32Array(out * size);
  for (let i = 0; i < out; i++) {
    const start = Math.floor((i * size) / out);
    const end = Math.ceil(((i + 1) * size) / out);
    for (let j = start; j < end; j++) values[transposed ? j * out + i : i * size + j] = 1 / (end - start);
  }
  const shape = transposed ? [size, out] : [out, size];
  return { dtype: 'float32', shape, bytes: new Uint8Array(values.buffer) };
}
