/**
 * A graph as ONNX ModelProto bytes (onnx.proto, IR version 9, opset 20). Parameters are not copied into it: each refers to the bytes
 * of a checkpoint by (location, offset, length), ONNX's external data. Half-precision parameters get a Cast, so the network
 * computes in float32 on the stored values.
 */
import type { DType, RawTensor } from '../../tensor/tensor.js';
import { type Attribute, type Graph, type GraphNode, nodesFor, parametersOf } from '../graph.js';
import type { Shape } from '../shapes.js';
import { Message } from './message.js';

/** Where a parameter's bytes lie: little-endian, row-major, in the file that is handed to the runtime under `location`. */
export interface ExternalTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly location: string;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** TensorProto.DataType. */
const DATA_TYPE: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
};

/** AttributeProto: the type's number and the field that holds the value. */
const ATTRIBUTE = { float: [1, 2], int: [2, 3], string: [3, 4], floats: [6, 7], ints: [7, 8] } as const;

const IR_VERSION = 9;
const OPSET_VERSION = 20;

/** The part of the graph that yields `outputs`, in that order; `shapes` has those of the input and the outputs. */
export function encodeGraph(
  graph: Graph,
  outputs: readonly string[],
  weights: ReadonlyMap<string, ExternalTensor | RawTensor>,
  shapes: ReadonlyMap<string, Shape>,
): Uint8Array {
  const nodes = nodesFor(graph, outputs);
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const body = new Message().string(2, 'featurescope');
  for (const name of parametersOf(graph, nodes)) {
    const tensor = weights.get(name);
    if (!tensor) throw new Error(`no bytes for parameter ${name}`);
    const stored = tensor.dtype === 'float32' ? name : `${name}:${tensor.dtype}`;
    body.message(5, encodeTensor(stored, tensor));
    if (stored !== name) {
      const to: Attribute = { type: 'int', value: DATA_TYPE.float32 };
      body.message(1, encodeNode({ op: 'Cast', name: stored, inputs: [stored], outputs: [name], attributes: { to } }));
    }
  }
  for (const [name, tensor] of graph.constants) if (read.has(name)) body.message(5, encodeTensor(name, tensor));
  for (const node of nodes) body.message(1, encodeNode(node));
  body.message(11, encodeValue(graph.input.name, shapes.get(graph.input.name)!));
  for (const name of outputs) body.message(12, encodeValue(name, shapes.get(name)!));
  return new Message()
    .int(1, IR_VERSION)
    .string(2, 'featurescope')
    .message(7, body)
    .message(8, new Message().string(1, '').int(2, OPSET_VERSION))
    .finish();
}

function encodeNode(node: GraphNode): Message {
  const message = new Message();
  for (const name of node.inputs) message.string(1, name);
  for (const name of node.outputs) message.string(2, name);
  message.string(3, node.name).string(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) message.message(5, encodeAttribute(name, attribute));
  return message;
}

function encodeAttribute(name: string, attribute: Attribute): Message {
  const [type, field] = ATTRIBUTE[attribute.type];
  const message = new Message().string(1, name);
  switch (attribute.type) {
    case 'int':
      message.int(field, attribute.value);
      break;
    case 'float':
      message.float(field, attribute.value);
      break;
    case 'string':
      message.string(field, attribute.value);
      break;
    case 'ints':
      for (const value of attribute.value) message.int(field, value);
      break;
    case 'floats':
      for (const value of attribute.value) message.float(field, value);
      break;
  }
  return message.int(20, type);
}

function encodeTensor(name: string, tensor: ExternalTensor | RawTensor): Message {
  const message = new Message();
  for (const size of tensor.shape) message.int(1, size);
  message.int(2, DATA_TYPE[tensor.dtype]).string(8, name);
  if ('bytes' in tensor) return message.bytes(9, tensor.bytes);
  const entries = { location: tensor.location, offset: tensor.byteOffset, length: tensor.byteLength };
  for (const [key, value] of Object.entries(entries)) {
    message.message(13, new Message().string(1, key).string(2, String(value)));
  }
  const EXTERNAL = 1;
  return message.int(14, EXTERNAL);
}

/** ValueInfoProto of a float32 tensor. */
function encodeValue(name: string, shape: Shape): Message {
  const dims = new Message();
  for (const size of shape) dims.message(1, new Message().int(1, size));
  const tensor = new Message().int(1, DATA_TYPE.float32).message(2, dims);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}
