import { expect, it } from 'vitest';
import { Message } from '../../../src/model/onnx/message.js';

const hex = (message: Message) => Buffer.from(message.finish()).toString('hex');

// The examples of https://protobuf.dev/programming-guides/encoding, then what Python's protobuf writes.
it('encodes as the specification shows', () => {
  expect(hex(new Message().int(1, 150))).toBe('089601');
  expect(hex(new Message().string(2, 'testing'))).toBe('120774657374696e67');
  expect(hex(new Message().message(3, new Message().int(1, 150)))).toBe('1a03089601');
  expect(hex(new Message().int(1, -2))).toBe('08feffffffffffffffff01');
});

it('encodes numbers of any size', () => {
  expect(hex(new Message().int(1, 0))).toBe('0800');
  expect(hex(new Message().int(1, 127))).toBe('087f');
  expect(hex(new Message().int(1, 128))).toBe('088001');
  expect(hex(new Message().int(1, 2 ** 32))).toBe('088080808010');
  expect(hex(new Message().int(1, Number.MAX_SAFE_INTEGER))).toBe('08ffffffffffffff0f');
  expect(hex(new Message().int(1, Number.MIN_SAFE_INTEGER))).toBe('0881808080808080f0ff01');
});

it('encodes fields beyond 15, floats, bytes and UTF-8', () => {
  expect(hex(new Message().int(20, 7))).toBe('a00107');
  expect(hex(new Message().float(2, -1.5))).toBe('150000c0bf');
  expect(hex(new Message().string(8, 'é'))).toBe('4202c3a9');
  expect(hex(new Message().bytes(9, new Uint8Array(130))).slice(0, 6)).toBe('4a8201');
  expect(hex(new Message())).toBe('');
});
