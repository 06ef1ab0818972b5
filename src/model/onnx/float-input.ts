/**
 * A half-precision image as a float32 input, which the network converts itself: what JavaScript's runtimes take for half precision depends on their
 * version (https://github.com/microsoft/onnxruntime/pull/32323). It is prepended to the network's bytes, as outputs are appended in expose.ts.
 */
import type { InputSpec } from '../input-spec.js';
import { encodeCast } from './expose.js';
import { Message } from './message.js';
import { ELEMENT } from './onnx-file.js';

/** Bytes to prepend to a ModelProto whose graph lacks the input: one named `floatName` instead, and its conversion, rounded to nearest even. */
export function encodeFloatInput(input: InputSpec, floatName: string): Uint8Array {
  const { name, layout, channels, height, width } = input;
  const sizes = layout === 'NHWC' ? [height, width, channels] : [channels, height, width];
  const shape = new Message();
  for (const size of [1, ...sizes]) shape.message(1, size === null ? new Message() : new Message().int(1, size));
  const type = new Message().message(1, new Message().int(1, ELEMENT.float).message(2, shape));
  const graph = new Message()
    .message(1, encodeCast(floatName, name, ELEMENT.float16))
    .message(11, new Message().string(1, floatName).message(2, type));
  return new Message().message(7, graph).finish();
}
