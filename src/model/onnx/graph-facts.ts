/** What is known of a network's tensors before it runs. */
import { elementTypes } from './element-types.js';
import { type GraphWalk, walkGraph } from './graph-walk.js';
import { ELEMENT, type OnnxFile, type OnnxNode, type OnnxValue } from './onnx-file.js';
import { dependencies, orderNodes } from './order-nodes.js';
import { type Quantisation, quantisations } from './quantisation.js';

export interface GraphFacts {
  readonly file: OnnxFile;
  /** In execution order. */
  readonly nodes: readonly OnnxNode[];
  readonly walk: GraphWalk;
  /** By tensor, where known. */
  readonly elementTypes: ReadonlyMap<string, number>;
  readonly quantisations: ReadonlyMap<string, Quantisation>;
  /** Tensors that change with the image. */
  readonly live: ReadonlySet<string>;
  /** What the file says about shapes, by tensor. */
  readonly values: ReadonlyMap<string, OnnxValue>;
  /** Sizes of a weight, or null where it is computed from more than one. */
  dimsOf(tensor: string): readonly number[] | null;
}

/** How many inputs are read for their values, where it is not all: the rest give a type or a size. */
const VALUES_READ: Readonly<Record<string, number>> = { CastLike: 1, Shape: 0, Size: 0 };

/** Throws a ModelError where the graph cannot run. */
export function gatherFacts(file: OnnxFile, input: string): GraphFacts {
  const { graph } = file;
  const nodes = orderNodes(file);
  const walk = walkGraph(nodes);
  const live = new Set([input]);
  for (const node of nodes) {
    const values = VALUES_READ[node.op] === undefined ? dependencies(node) : node.inputs.slice(0, VALUES_READ[node.op]);
    if (values.some((name) => live.has(name))) for (const name of node.outputs) live.add(name);
  }
  live.delete('');
  const values = new Map([...graph.values, ...graph.outputs.map((value) => [value.name, value] as const)]);
  return {
    file,
    nodes,
    walk,
    elementTypes: elementTypes(file, nodes),
    quantisations: quantisations(nodes),
    live,
    values,
    dimsOf: (tensor) => {
      const origin = walk.origin(tensor);
      return graph.initialisers.get(origin)?.dims ?? walk.producer(origin)?.value?.dims ?? null;
    },
  };
}

/** Types whose tensors are feature maps: shapes, indices and masks are not. */
const NUMBERS_TO_SEE: ReadonlySet<number> = new Set([
  ELEMENT.float,
  ELEMENT.float16,
  ELEMENT.uint8,
  ELEMENT.int8,
  ELEMENT.uint16,
  ELEMENT.int16,
  11, // double
  16, // bfloat16
]);

/** Whether a tensor can hold maps: numbers that change with the image, of at least three axes as far as is known. */
export function isMap({ live, elementTypes, values, walk, dimsOf }: GraphFacts, tensor: string): boolean {
  if (!live.has(tensor)) return false;
  const type = elementTypes.get(tensor);
  if (type !== undefined && !NUMBERS_TO_SEE.has(type)) return false;
  const value = values.get(tensor);
  if (value && value.kind !== 'tensor' && value.kind !== 'unknown') return false;
  if (value?.dims) return value.dims.length >= 3;
  const node = walk.producer(tensor);
  return !node || (outputRank(node, dimsOf) ?? 3) >= 3;
}

/** Where an operator alone fixes the number of axes. */
function outputRank({ op, inputs }: OnnxNode, dimsOf: GraphFacts['dimsOf']): number | null {
  if (op === 'Flatten' || op === 'Gemm' || op === 'QGemm') return 2;
  if (op !== 'Reshape') return null;
  return dimsOf(inputs[1] ?? '')?.[0] ?? null;
}
