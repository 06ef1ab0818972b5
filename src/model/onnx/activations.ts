/** The activation that follows a tensor: one operator, or the several as which exporters write the rest. */
import type { GraphWalk } from './graph-walk.js';
import type { OnnxNode } from './onnx-file.js';

/** ONNX's own, ONNX Runtime's contrib operators, and quantised ones. */
const ACTIVATIONS = new Set([
  'Relu',
  'Clip',
  'PRelu',
  'LeakyRelu',
  'Elu',
  'Selu',
  'Celu',
  'Gelu',
  'Mish',
  'Swish',
  'HardSwish',
  'Sigmoid',
  'HardSigmoid',
  'Tanh',
  'Softplus',
  'Softsign',
  'ThresholdedRelu',
  'FastGelu',
  'QuickGelu',
  'BiasGelu',
  'QLinearSigmoid',
  'QLinearLeakyRelu',
]);

/** Chains from x to what is multiplied with x again: SiLU, hard swish, Mish, GELU. Operands that are not on the chain are constants. */
const GATES: readonly (readonly string[])[] = [
  ['Sigmoid'],
  ['QLinearSigmoid'],
  ['HardSigmoid'],
  ['Softplus', 'Tanh'],
  ['Add', 'Clip'],
  ['Add', 'Clip', 'Div'],
  ['Add', 'Clip', 'Mul'],
  ['Add', 'Relu', 'Min'],
  ['Div', 'Erf', 'Add'],
  ['Mul', 'Erf', 'Add'],
  ['Div', 'Erf', 'Add', 'Mul'],
  ['Mul', 'Erf', 'Add', 'Mul'],
];
const PRODUCTS = new Set(['Mul', 'QLinearMul']);
/** QLinearMul's. */
const PRODUCT_INPUTS = 8;
/** More branches than these are no activation, and following them all would let a hostile graph take for ever. */
const MAX_BRANCHES = 8;

/** The output of the activation that reads `tensor`; undefined where none does. `isConstant` tells tensors that no image changes. */
export function activationAfter(
  tensor: string,
  walk: GraphWalk,
  isConstant: (tensor: string) => boolean,
): string | undefined {
  for (const gate of GATES) {
    const product = gated(tensor, gate, walk);
    if (product) return scaled(product, walk, isConstant).outputs[0];
  }
  return walk.consumers(tensor).find(({ op }) => ACTIVATIONS.has(op))?.outputs[0];
}

/** The node that multiplies x with the chain's result. */
function gated(tensor: string, gate: readonly string[], walk: GraphWalk): OnnxNode | undefined {
  let ends = [tensor];
  for (const op of gate) {
    const nodes = ends.flatMap((end) => walk.consumers(end).filter((node) => node.op === op));
    ends = nodes.slice(0, MAX_BRANCHES).map(({ outputs }) => outputs[0] ?? '');
  }
  const x = walk.origin(tensor);
  for (const end of ends) {
    const product = walk
      .consumers(end)
      .find(
        ({ op, inputs }) =>
          PRODUCTS.has(op) && inputs.length <= PRODUCT_INPUTS && inputs.some((input) => walk.origin(input) === x),
      );
    if (product) return product;
  }
  return undefined;
}

/** The last factor of a gated product: 0.5 of GELU, 1/6 of hard swish. */
function scaled(product: OnnxNode, walk: GraphWalk, isConstant: (tensor: string) => boolean): OnnxNode {
  const [next, ...others] = walk.consumers(product.outputs[0] ?? '');
  const isScale =
    next &&
    others.length === 0 &&
    /^(?:Mul|Div)$/.test(next.op) &&
    next.inputs.length === 2 &&
    next.inputs.some(isConstant);
  return isScale ? next : product;
}
