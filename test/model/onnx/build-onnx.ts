/** ONNX bytes for tests, field by field; nothing is checked, so that wrong files can be built too. */
import { memorySource } from '../../../src/bytes/source.js';
import { Message } from '../../../src/model/onnx/message.js';
import { type OpenOnnxOptions, openOnnx } from '../../../src/model/open-onnx.js';

export interface NodeParts {
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly int?: Readonly<Record<string, number>>;
  readonly text?: Readonly<Record<string, string>>;
  readonly scopes?: string;
}

export interface ModelParts {
  readonly nodes?: readonly NodeParts[];
  /** Float weights of zeros by name. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** Whole TensorProto messages. */
  readonly tensors?: readonly Message[];
  readonly inputs?: readonly Message[];
  readonly outputs?: readonly Message[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly opset?: number;
  readonly irVersion?: number;
}

export function node({
  op,
  inputs = [],
  outputs = [],
  name,
  domain,
  ints = {},
  int = {},
  text = {},
  scopes,
}: NodeParts): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input);
  for (const output of outputs) message.string(2, output);
  if (name !== undefined) message.string(3, name);
  message.string(4, op);
  for (const [key, values] of Object.entries(ints)) {
    const attribute = new Message().string(1, key);
    for (const value of values) attribute.int(8, value);
    message.message(5, attribute.int(20, 7));
  }
  for (const [key, value] of Object.entries(int))
    message.message(5, new Message().string(1, key).int(3, value).int(20, 2));
  for (const [key, value] of Object.entries(text))
    message.message(5, new Message().string(1, key).string(4, value).int(20, 3));
  if (domain !== undefined) message.string(7, domain);
  if (scopes !== undefined) message.message(9, new Message().string(1, 'pkg.torch.onnx.name_scopes').string(2, scopes));
  return message;
}

export function tensor(name: string, dims: readonly number[], type = 1, bytes?: Uint8Array): Message {
  const message = new Message();
  for (const size of dims) message.int(1, size);
  const count = dims.reduce((product, size) => product * size, 1);
  return message
    .int(2, type)
    .string(8, name)
    .bytes(9, bytes ?? new Uint8Array(4 * count));
}

export function externalTensor(
  name: string,
  dims: readonly number[],
  entries: Readonly<Record<string, string>>,
): Message {
  const message = new Message();
  for (const size of dims) message.int(1, size);
  message.int(2, 1).string(8, name).int(14, 1);
  for (const [key, value] of Object.entries(entries))
    message.message(13, new Message().string(1, key).string(2, value));
  return message;
}

/** A size of null is a free one. */
export function value(name: string, dims: readonly (number | string)[] | null, type = 1): Message {
  const shape = new Message();
  for (const size of dims ?? []) {
    shape.message(1, typeof size === 'number' ? new Message().int(1, size) : new Message().string(2, size));
  }
  const tensorType = new Message().int(1, type);
  if (dims) tensorType.message(2, shape);
  return new Message().string(1, name).message(2, new Message().message(1, tensorType));
}

/** By default a convolution of a 3-channel image. */
export function model({
  nodes = [CONV],
  weights = { w: [2, 3, 3, 3] },
  tensors = [],
  inputs = [value('image', [1, 3, 'h', 'w'])],
  outputs = [new Message().string(1, 'y')],
  metadata = {},
  opset = 17,
  irVersion = 8,
}: ModelParts = {}): Uint8Array {
  const graph = new Message();
  for (const parts of nodes) graph.message(1, node(parts));
  graph.string(2, 'test');
  for (const [name, dims] of Object.entries(weights)) graph.message(5, tensor(name, dims));
  for (const message of tensors) graph.message(5, message);
  for (const message of inputs) graph.message(11, message);
  for (const message of outputs) graph.message(12, message);
  const whole = new Message().int(1, irVersion).message(7, graph).message(8, new Message().string(1, '').int(2, opset));
  for (const [key, text] of Object.entries(metadata)) whole.message(14, new Message().string(1, key).string(2, text));
  return whole.finish();
}

export const CONV: NodeParts = { op: 'Conv', inputs: ['image', 'w'], outputs: ['y'], name: 'conv' };

export function open(bytes: Uint8Array, options?: OpenOnnxOptions) {
  return openOnnx(memorySource(bytes, 'net.onnx'), options);
}
