/** Receptive fields of an ONNX graph's tensors in two dimensions: up to the first operator whose effect on them is not known here. */
import type { Attribute, GraphNode } from '../graph.js';
import type { InputSpec } from '../input-spec.js';
import { type ReceptiveField, receptiveFields } from '../receptive-field.js';
import { ints } from '../shapes.js';
import { paddingOf, weightOf } from './find-layers.js';
import type { GraphFacts } from './graph-facts.js';
import type { OnnxNode } from './onnx-file.js';

/** Cell by cell, whatever happens across channels. */
const POINTWISE = new Set(
  (
    'Abs Add BatchNormalization Cast Celu Ceil Clip DequantizeLinear Div Dropout Elu Erf Exp FastGelu Floor Gelu HardSigmoid HardSwish Identity ' +
    'LRN LeakyRelu Log Max Min Mish Mul Neg Pow PRelu QLinearAdd QLinearLeakyRelu QLinearMul QLinearSigmoid QuantizeLinear QuickGelu Reciprocal Relu Round Selu ' +
    'Sigmoid Sign Softplus Softsign Sqrt Sub Sum Swish Tanh ThresholdedRelu'
  ).split(' '),
);
const CONVOLUTIONS = new Set(['Conv', 'ConvInteger', 'FusedConv', 'QLinearConv']);
const POOLS: Readonly<Record<string, string>> = {
  MaxPool: 'MaxPool',
  AveragePool: 'AveragePool',
  QLinearAveragePool: 'AveragePool',
};

export function findFields(facts: GraphFacts, input: InputSpec): Map<string, ReceptiveField> {
  const { graph } = facts.file;
  const nodes = facts.nodes.flatMap((node) => translate(node, facts, input) ?? []);
  const parameters = new Map<string, readonly number[]>();
  for (const node of facts.nodes) for (const name of node.inputs) if (!facts.live.has(name)) parameters.set(name, []);
  return receptiveFields({
    input: { name: input.name, channels: input.channels },
    nodes,
    parameters,
    constants: new Map(),
    output: graph.outputs[0]?.name ?? '',
  });
}

/** The node as `receptiveFields` knows it; undefined where it would be wrong about it. */
function translate(node: OnnxNode, facts: GraphFacts, input: InputSpec): GraphNode | undefined {
  if (node.captured.length > 0) return undefined;
  const [output = ''] = node.outputs;
  const same = { op: 'Identity', name: output, inputs: node.inputs, outputs: [output], attributes: {} };
  if (POINTWISE.has(node.op)) return same;
  if (node.op === 'Concat' || node.op === 'QLinearConcat') {
    const axis = node.attributes.axis;
    return axis?.type === 'int' && axis.value === 1 ? same : undefined;
  }
  if (node.op === 'Transpose') {
    const toChannelsFirst = ints(node, 'perm', []).join() === '0,3,1,2';
    return input.layout === 'NHWC' && node.inputs[0] === input.name && toChannelsFirst ? same : undefined;
  }
  const op = CONVOLUTIONS.has(node.op) ? 'Conv' : POOLS[node.op];
  if (!op) return undefined;
  const kernel = ints(node, 'kernel_shape', op === 'Conv' ? (facts.dimsOf(weightOf(node))?.slice(2) ?? []) : []);
  const stride = ints(node, 'strides', [1, 1]);
  const dilation = ints(node, 'dilations', [1, 1]);
  const padding = paddingOf(node, kernel, stride, dilation);
  if (![kernel, stride, dilation, padding].every(({ length }) => length === 2)) return undefined;
  return {
    ...same,
    op,
    attributes: list({ kernel_shape: kernel, strides: stride, dilations: dilation, pads: [...padding, ...padding] }),
  };
}

function list(lists: Readonly<Record<string, readonly number[]>>): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(lists).map(([name, value]) => [name, { type: 'ints', value }]));
}
