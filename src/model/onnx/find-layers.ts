/** The points of an ONNX graph that can be tapped, with the convolutions' taps found by what follows them. */
import { elementCount } from '../../tensor/tensor.js';
import type { Layer, Tap } from '../layer.js';
import { int, ints } from '../shapes.js';
import { activationAfter } from './activations.js';
import { type GraphFacts, isMap } from './graph-facts.js';
import { modulePaths } from './module-paths.js';
import type { OnnxNode } from './onnx-file.js';

/** Where each convolution has its weights among its inputs. */
const WEIGHTS: Readonly<Record<string, number>> = {
  Conv: 1,
  ConvTranspose: 1,
  ConvInteger: 1,
  FusedConv: 1,
  QLinearConv: 3,
};
const NORMS = new Set(['BatchNormalization', 'InstanceNormalization', 'GroupNormalization']);
const SUMS = new Set(['Add', 'Sum', 'QLinearAdd']);
const POOLS = /^(?:QLinear|Nhwc)?(?:Max|Average|Lp)Pool$/;
/** More operands than any network adds. */
const MAX_OPERANDS = 64;

/** [1, filters, depth, height, width]. */
const MAX_BIAS_RANK = 5;

type Window = Pick<Layer, 'kernel' | 'stride' | 'padding' | 'dilation' | 'groups'>;

export function isConvolution({ op }: OnnxNode): boolean {
  return Object.hasOwn(WEIGHTS, op);
}

export function weightOf({ op, inputs }: OnnxNode): string {
  return inputs[WEIGHTS[op] ?? 1] ?? '';
}

/** Tensors are named as in the graph; in execution order. An operator with several outputs has one layer each. */
export function findLayers(facts: GraphFacts): Layer[] {
  const points = facts.nodes.flatMap((node) => {
    const outputs = isConvolution(node) ? node.outputs.slice(0, 1) : node.outputs;
    return outputs.filter((output) => isMap(facts, output) || isConvolution(node)).map((output) => ({ node, output }));
  });
  const live = points.filter(({ output }) => facts.live.has(output));
  const named = live.map(({ node }) => ({
    node,
    weight: isConvolution(node) ? facts.walk.origin(weightOf(node)) : null,
  }));
  const paths = modulePaths(named);
  return live.map(({ node, output }, index) => {
    const tensors = isConvolution(node) ? tapsOf(node, facts) : { conv: output, bn: output, act: output };
    return {
      path: paths[index]!,
      op: node.op,
      filters: filtersOf(node, output, facts),
      ...windowOf(node, facts),
      weightCount: weightCountOf(node, facts),
      tensors,
    };
  });
}

function weightCountOf(node: OnnxNode, { dimsOf }: GraphFacts): number | null {
  const dims = isConvolution(node) ? dimsOf(weightOf(node)) : null;
  return dims && elementCount(dims);
}

function tapsOf(node: OnnxNode, facts: GraphFacts): Record<Tap, string> {
  const { walk } = facts;
  const isConstant = (tensor: string) => !facts.live.has(tensor);
  const isLive = (tensor: string) => facts.live.has(tensor);
  const conv = withBias(node, facts);
  const bn = walk.consumers(conv).find(({ op }) => NORMS.has(op))?.outputs[0] ?? conv;
  const sum = walk.consumers(bn).find(({ op, inputs }) => {
    return SUMS.has(op) && inputs.length <= MAX_OPERANDS && inputs.filter(isLive).length > 1;
  });
  const act = activationAfter(bn, walk, isConstant) ?? (sum && activationAfter(sum.outputs[0] ?? '', walk, isConstant));
  return { conv, bn, act: act ?? bn };
}

/** The convolution's own result in real units, with a bias that the exporter wrote as an addition. */
function withBias(node: OnnxNode, facts: GraphFacts): string {
  const { walk, live } = facts;
  let [output = ''] = node.outputs;
  // ONNX Runtime's dynamic quantisation: integers times the scales of image and weights.
  if (node.op === 'ConvInteger') output = walk.consumers(output).find(({ op }) => op === 'Mul')?.outputs[0] ?? output;
  const filters = filtersOf(node, output, facts);
  const bias = walk.consumers(output).find(({ op, inputs }) => {
    const constant = inputs.length === 2 ? inputs.find((name) => !live.has(name)) : undefined;
    return op === 'Add' && constant !== undefined && isBias(shapeless(constant, facts), filters);
  });
  return bias?.outputs[0] ?? output;
}

/** A constant's sizes, whatever it was reshaped to. */
function shapeless(constant: string, { walk, dimsOf }: GraphFacts): readonly number[] | null {
  const producer = walk.producer(constant);
  return dimsOf(producer?.op === 'Reshape' ? (producer.inputs[0] ?? '') : constant);
}

/** One number a filter: [filters, 1, 1] or the like. */
function isBias(dims: readonly number[] | null, filters: number | null): boolean {
  if (dims === null || filters === null || dims.length > MAX_BIAS_RANK) return false;
  return dims.includes(filters) && dims.every((size) => size === 1 || size === filters);
}

function filtersOf(node: OnnxNode, output: string, { dimsOf, values }: GraphFacts): number | null {
  if (!isConvolution(node)) return values.get(output)?.dims?.[1] ?? null;
  const dims = dimsOf(weightOf(node));
  if (!dims) return null;
  return node.op === 'ConvTranspose' ? (dims[1] ?? 0) * int(node, 'group', 1) : (dims[0] ?? null);
}

function windowOf(node: OnnxNode, { dimsOf }: GraphFacts): Window {
  const isConv = isConvolution(node);
  if (!isConv && !POOLS.test(node.op)) return { kernel: [], stride: [], padding: [], dilation: [], groups: 1 };
  const kernel = ints(node, 'kernel_shape', isConv ? (dimsOf(weightOf(node))?.slice(2) ?? []) : []);
  const ones = kernel.map(() => 1);
  const dilation = ints(node, 'dilations', ones);
  const stride = ints(node, 'strides', ones);
  return {
    kernel,
    stride,
    dilation,
    padding: paddingOf(node, kernel, stride, dilation),
    groups: int(node, 'group', 1),
  };
}

/** Cells before the first one per axis; empty where `auto_pad` makes it depend on the image's size. */
export function paddingOf(
  node: OnnxNode,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): readonly number[] {
  const auto = node.attributes.auto_pad;
  const kind = auto?.type === 'string' ? auto.value : 'NOTSET';
  if (kind === 'NOTSET') return ints(node, 'pads', new Array(2 * kernel.length).fill(0)).slice(0, kernel.length);
  if (kind === 'VALID') return kernel.map(() => 0);
  if (stride.some((step) => step !== 1)) return [];
  return kernel.map((size, axis) => {
    const total = (dilation[axis] ?? 1) * (size - 1);
    return kind === 'SAME_LOWER' ? Math.ceil(total / 2) : Math.floor(total / 2);
  });
}
