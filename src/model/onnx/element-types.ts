/**
 * The element type of every tensor, from what the file says and else by each operator's own rule
 * (https://onnx.ai/onnx/operators/). Where neither tells, the tensor is left out.
 */
import { int } from '../shapes.js';
import { ELEMENT, type OnnxFile, type OnnxNode } from './onnx-file.js';

type Rule = (node: OnnxNode, typeOf: (input: number) => number | undefined) => readonly (number | undefined)[];

const always = (...types: number[]) => {
  const rule: Rule = () => types;
  return rule;
};
const asInput =
  (input: number): Rule =>
  (node, typeOf) =>
    node.outputs.map(() => typeOf(input));

/** Of operators whose outputs have another type than their first input. */
const RULES: Readonly<Record<string, Rule>> = {
  ArgMax: always(ELEMENT.int64),
  ArgMin: always(ELEMENT.int64),
  Cast: (node) => [int(node, 'to', ELEMENT.float)],
  CastLike: asInput(1),
  Constant: ({ attributes, value }) => [value?.elementType ?? CONSTANTS[Object.keys(attributes)[0] ?? '']],
  ConstantOfShape: ({ value }) => [value?.elementType ?? ELEMENT.float],
  ConvInteger: always(ELEMENT.int32),
  DequantizeLinear: (node, typeOf) => [int(node, 'output_dtype', 0) || typeOf(1)],
  Dropout: (_, typeOf) => [typeOf(0), ELEMENT.bool],
  DynamicQuantizeLinear: always(ELEMENT.uint8, ELEMENT.float, ELEMENT.uint8),
  MatMulInteger: always(ELEMENT.int32),
  MaxPool: (_, typeOf) => [typeOf(0), ELEMENT.int64],
  NonZero: always(ELEMENT.int64),
  OneHot: asInput(2),
  QLinearConv: asInput(7),
  QLinearMatMul: asInput(7),
  QuantizeLinear: (node, typeOf) => [typeOf(2) ?? (int(node, 'output_dtype', 0) || ELEMENT.uint8)],
  Shape: always(ELEMENT.int64),
  Size: always(ELEMENT.int64),
  TopK: (_, typeOf) => [typeOf(0), ELEMENT.int64],
  Where: asInput(1),
  'com.microsoft.DequantizeLinear': (_, typeOf) => [typeOf(1)],
  'com.microsoft.QGemm': (_, typeOf) => [typeOf(8) ?? ELEMENT.float],
  'com.microsoft.QuantizeLinear': asInput(2),
};

for (const op of [
  'And',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'IsInf',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'Not',
  'Or',
  'Xor',
]) {
  (RULES as Record<string, Rule>)[op] = always(ELEMENT.bool);
}

/** Outputs of these are what their bodies make of them. */
const UNKNOWN = new Set(['If', 'Loop', 'Scan', 'SequenceAt', 'OptionalGetElement']);

/** A Constant by the attribute that holds it. */
const CONSTANTS: Readonly<Record<string, number>> = {
  value_float: ELEMENT.float,
  value_floats: ELEMENT.float,
  value_int: ELEMENT.int64,
  value_ints: ELEMENT.int64,
  value_string: ELEMENT.string,
};

/** `nodes` are in execution order. */
export function elementTypes({ graph, functions }: OnnxFile, nodes: readonly OnnxNode[]): Map<string, number> {
  const types = new Map<string, number>();
  for (const value of [...graph.inputs, ...graph.values.values(), ...graph.outputs]) {
    if (value.elementType > 0) types.set(value.name, value.elementType);
  }
  for (const { name, elementType } of graph.initialisers.values()) types.set(name, elementType);
  for (const node of nodes) {
    const operator = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
    const isOpen = UNKNOWN.has(operator) || functions.has(`${node.domain}.${node.op}`);
    const rule = RULES[operator] ?? (isOpen ? undefined : asInput(0));
    if (!rule) continue;
    const found = rule(node, (input) => types.get(node.inputs[input] ?? ''));
    for (const [index, name] of node.outputs.entries()) {
      const type = found[index];
      if (type !== undefined && !types.has(name)) types.set(name, type);
    }
  }
  return types;
}
