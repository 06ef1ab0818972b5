/**
 * How integers of a quantised network become real numbers: real = (integer - zero point) * scale, with the tensors that the network itself names
 * (ONNX QLinearConv, QuantizeLinear; ONNX Runtime's contrib operators, docs/ContribOperators.md).
 */
import type { Attribute } from '../graph.js';
import type { OnnxNode } from './onnx-file.js';

export interface Quantisation {
  readonly scale: string;
  /** '' where it is zero. */
  readonly zeroPoint: string;
  /** The domain whose DequantizeLinear takes this element type. */
  readonly domain: string;
  readonly axis: Attribute | null;
}

/** Places of scale and zero point of the first output among a node's inputs. */
const PARAMETERS: Readonly<Record<string, readonly [scale: number, zeroPoint: number]>> = {
  QuantizeLinear: [1, 2],
  QLinearConv: [6, 7],
  QLinearMatMul: [6, 7],
  QLinearAdd: [6, 7],
  QLinearMul: [6, 7],
  QLinearSigmoid: [3, 4],
  QLinearLeakyRelu: [3, 4],
  QLinearSoftmax: [3, 4],
  QLinearAveragePool: [3, 4],
  QLinearGlobalAveragePool: [3, 4],
  QLinearReduceMean: [3, 4],
  QLinearConcat: [0, 1],
  QLinearWhere: [7, 8],
  QGemm: [7, 8],
};

/** These choose and move integers and leave their meaning. */
const MOVES = new Set([
  'Flatten',
  'Gather',
  'Identity',
  'MaxPool',
  'NhwcMaxPool',
  'Reshape',
  'Slice',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);

/** By tensor. `nodes` are in execution order. A tensor that only a DequantizeLinear explains is found there. */
export function quantisations(nodes: readonly OnnxNode[]): Map<string, Quantisation> {
  const found = new Map<string, Quantisation>();
  for (const node of nodes) {
    const places = PARAMETERS[node.op];
    const scale = places && node.inputs[places[0]];
    const [first = ''] = node.inputs;
    if (scale) {
      const domain = node.op === 'QuantizeLinear' ? node.domain : '';
      const axis = node.op === 'QuantizeLinear' ? (node.attributes.axis ?? null) : null;
      found.set(node.outputs[0] ?? '', { scale, zeroPoint: node.inputs[places[1]] ?? '', domain, axis });
    } else if (node.op === 'DynamicQuantizeLinear') {
      const [y = '', dynamicScale = '', zeroPoint = ''] = node.outputs;
      found.set(y, { scale: dynamicScale, zeroPoint, domain: '', axis: null });
    } else if (MOVES.has(node.op)) {
      const before = found.get(first);
      if (before && !before.axis) for (const output of node.outputs) found.set(output, before);
    }
  }
  for (const { op, domain, inputs, attributes } of nodes) {
    const [x = '', scale = '', zeroPoint = ''] = inputs;
    if (op === 'DequantizeLinear' && !found.has(x))
      found.set(x, { scale, zeroPoint, domain, axis: attributes.axis ?? null });
  }
  return found;
}
