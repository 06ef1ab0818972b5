/**
 * Module paths for nodes, as far as the exporter kept them: torch's two exporters, tf2onnx and Keras, Paddle, Caffe2. A convolution is called by its
 * weight where that names a module, since a fold at export may have moved the node's own name to the batch norm.
 */
import { TRANSPARENT } from './graph-walk.js';
import type { OnnxNode } from './onnx-file.js';

/** `layer1.0.conv1.weight`; quantisers and folds add to both ends. */
const TORCH_WEIGHT = /^(?:ConvBnFusion_W_)?(.+)\.weight(?:_quantized)?$/;
/** `conv2d_0.w_0` of Paddle, `fire2/squeeze1x1_w_0` of Caffe2, `block/conv/kernel:0` and `block/conv/Conv2D/ReadVariableOp:0` of TensorFlow. */
const OTHER_WEIGHTS = [
  /^(.+)\.w_\d+$/,
  /^(.+)_w_0$/,
  /^(.+)\/kernel(?::\d+)?$/,
  /^(.+?)\/[^/]+\/ReadVariableOp(?:_\d+)?(?::\d+)?$/,
];

/** tf2onnx's wrapper of a whole network, and the number that it adds to a name. */
const CALL = /^(?:Stateful)?PartitionedCall(?:_\d+)?$/;
const TF_NUMBER = /__\d+$/;

/** A longer name is no module's, and stays as it is. */
const MAX_NAME_LENGTH = 512;

export interface NamedNode {
  readonly node: OnnxNode;
  /** The tensor behind a convolution's weights; null for other nodes. */
  readonly weight: string | null;
}

/** A module and the operation in it. */
interface Place {
  readonly module: string;
  readonly operation: string;
}

/** A path per node, in the given order; no two are equal, and none is empty. */
export function modulePaths(named: readonly NamedNode[]): string[] {
  const places = named.map(({ node, weight }) => placeByWeight(weight) ?? placeByScopes(node) ?? placeByName(node));
  dropOperations(places, named);
  const operators = operatorsOf(places, named);
  const counts = new Map<string, number>();
  const candidates = named.map(({ node }, index) => {
    const place = places[index];
    if (place) return joinPlace(place, node, operators);
    if (node.name !== '') return node.name;
    const count = counts.get(node.op) ?? 0;
    counts.set(node.op, count + 1);
    return `${node.op}_${count}`;
  });
  return unique(candidates, named);
}

/** A convolution alone in its module is called by it, whatever scales and casts a quantiser put beside it. */
function dropOperations(places: (Place | undefined)[], named: readonly NamedNode[]): void {
  const counts = new Map<string, number>();
  const convolutions = [...named.keys()].filter((index) => named[index]!.weight !== null && places[index]?.module);
  for (const index of convolutions) {
    const { module } = places[index]!;
    counts.set(module, (counts.get(module) ?? 0) + 1);
  }
  for (const index of convolutions) {
    const { module } = places[index]!;
    if (counts.get(module) === 1) places[index] = { module, operation: '' };
  }
}

function placeByWeight(weight: string | null): Place | undefined {
  if (weight === null || weight.length > MAX_NAME_LENGTH) return undefined;
  for (const pattern of [TORCH_WEIGHT, ...OTHER_WEIGHTS]) {
    const module = pattern.exec(weight)?.[1];
    if (module !== undefined) return { module: dotted(module.split('/')), operation: '' };
  }
  return undefined;
}

/** torch's dynamo exporter: `['', 'layer1', 'layer1.0', 'layer1.0.relu', 'relu_1']`. */
function placeByScopes({ scopes }: OnnxNode): Place | undefined {
  const operation = scopes.at(-1);
  return operation && scopes.every(({ length }) => length <= MAX_NAME_LENGTH)
    ? { module: scopes.at(-2) ?? '', operation }
    : undefined;
}

/** torch's legacy exporter: `/layer1/layer1.0/conv1/Conv`; TensorFlow: `model/block/conv/Conv2D`. */
function placeByName({ name }: OnnxNode): Place | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined;
  const segments = name
    .replace(TF_NUMBER, '')
    .split('/')
    .filter((segment) => segment !== '' && !CALL.test(segment));
  const operation = segments.pop();
  return operation !== undefined && name.includes('/') ? { module: dotted(segments), operation } : undefined;
}

/** A segment that repeats the one before, `layer1/layer1.0`, is the child's whole name. */
function dotted(segments: readonly string[]): string {
  const path: string[] = [];
  for (const segment of segments.filter((part) => part !== '' && !CALL.test(part))) {
    if (segment.startsWith(`${path.at(-1)}.`)) path.pop();
    path.push(segment);
  }
  return path.join('.');
}

/** The operators of each module, those of its children included, without those that only store a tensor in another way. */
function operatorsOf(places: readonly (Place | undefined)[], named: readonly NamedNode[]): Map<string, Set<string>> {
  const operators = new Map<string, Set<string>>();
  for (const [index, place] of places.entries()) {
    const module = place?.module ?? '';
    const { op } = named[index]!.node;
    if (TRANSPARENT.has(op)) continue;
    for (let end = module.length; end > 0; end = module.lastIndexOf('.', end - 1)) {
      const path = module.slice(0, end);
      const set = operators.get(path) ?? new Set();
      operators.set(path, set.add(op));
    }
  }
  return operators;
}

/** The module alone where it is that one operation, such as a `relu`; else the operation within it. */
function joinPlace(
  { module, operation }: Place,
  { op }: OnnxNode,
  operators: ReadonlyMap<string, ReadonlySet<string>>,
): string {
  if (module === '') return operation;
  const isAll = operators.get(module)?.size === 1 && !TRANSPARENT.has(op);
  return operation === '' || isAll ? module : `${module}.${operation}`;
}

/** Repeats get `:2`, `:3`; a convolution keeps its module's name before anything else. */
function unique(candidates: readonly string[], named: readonly NamedNode[]): string[] {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  const paths = new Array<string>(candidates.length);
  const take = (index: number) => {
    const wanted = candidates[index]!;
    let path = wanted;
    let count = next.get(wanted) ?? 1;
    while (taken.has(path)) path = `${wanted}:${++count}`;
    next.set(wanted, count);
    taken.add(path);
    paths[index] = path;
  };
  for (const [index, { weight }] of named.entries()) if (weight !== null) take(index);
  for (const [index, { weight }] of named.entries()) if (weight === null) take(index);
  return paths;
}
