import { describe, expect, it } from 'vitest';
import { Message } from '../../../src/model/onnx/message.js';
import { MAX_DEPTH, MAX_FIELDS, type MessageReader, WireFile } from '../../../src/model/onnx/wire.js';
import { message } from '../refusal.js';

function read(bytes: Uint8Array | readonly number[]): MessageReader {
  return new WireFile(Uint8Array.from(bytes), 'net.onnx').read();
}

function first(bytes: Uint8Array | readonly number[]): MessageReader {
  const reader = read(bytes);
  expect(reader.next()).toBe(true);
  return reader;
}

const why = (bytes: readonly number[], use: (reader: MessageReader) => unknown = () => undefined) =>
  message(() => {
    const reader = read(bytes);
    while (reader.next()) use(reader);
  });

const broken = (what: string) => `ModelError: net.onnx: not a whole ONNX file: ${what}; it is damaged, get it again`;

describe('numbers', () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [300, [0xac, 2]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 8]],
    [2 ** 53 - 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    [-1, [...new Array(9).fill(0xff), 1]],
    [-(2 ** 63), [...new Array(9).fill(0x80), 1]],
    [-300, new Message().int(1, -300).finish().subarray(1)],
  ])('%d', (value, bytes) => {
    expect(first([8, ...bytes]).int()).toBe(value);
  });

  it('come packed or one by one', () => {
    expect(first([0x0a, 4, 3, 0xac, 2, 5]).ints(3)).toEqual([3, 300, 5]);
    expect(first([0x08, 3]).ints(3)).toEqual([3]);
    expect(first([0x0a, 4, 3, 1, 2, 5]).ints(3)).toBeUndefined();
    expect(first(new Message().float(1, -0.5).finish()).floats(1)).toEqual([-0.5]);
    expect(first([0x0a, 8, 0, 0, 0, 0xbf, 0, 0, 0x80, 0x3f]).floats(2)).toEqual([-0.5, 1]);
    expect(first([0x0a, 8, 0, 0, 0, 0xbf, 0, 0, 0x80, 0x3f]).floats(1)).toBeUndefined();
  });
});

it('steps over what it does not know, groups in groups included, and gives each field as a span', () => {
  const bytes = [0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x1b, 0x23, 0x08, 1, 0x24, 0x1c, 0x15, 1, 2, 3, 4, 0x32, 1, 0x61];
  const reader = read(bytes);
  const fields: [number, number, number][] = [];
  while (reader.next()) fields.push([reader.field, reader.start, reader.end]);
  expect(fields).toEqual([
    [1, 0, 9],
    [3, 9, 15],
    [2, 15, 20],
    [6, 20, 23],
  ]);
});

it('keeps tensors as views', () => {
  const bytes = new Message().bytes(9, Uint8Array.of(7, 8)).finish();
  const reader = new WireFile(bytes, 'net.onnx').read();
  reader.next();
  expect(reader.bytes().buffer).toBe(bytes.buffer);
  expect([...reader.bytes()]).toEqual([7, 8]);
});

describe('refuses', () => {
  it.each([
    ['a length beyond the message', [0x0a, 5, 1], 'a field of 5 bytes where 1 are left at offset 0'],
    [
      'a length beyond memory',
      [0x0a, ...new Array(9).fill(0xff), 1],
      'a field of -1 bytes where 0 are left at offset 0',
    ],
    ['a number cut off', [0x08, 0x80], 'a number that is cut off at offset 0'],
    ['a number without end', [0x08, ...new Array(11).fill(0x80)], 'a number of more than ten bytes at offset 0'],
    ['a fixed number cut off', [0x08, 1, 0x15, 1, 2], 'a field that ends beyond its message at offset 2'],
    ['field zero', [0x00, 1], 'a field without a number at offset 0'],
    ['an unknown wire type', [0x0e, 1], 'wire type 6, which is none, at offset 0'],
    ['the end of no group', [0x0c], 'wire type 4, which is none, at offset 0'],
    ['a group without end', [0x0b, 0x08, 1], 'a number that is cut off at offset 0'],
  ])('%s', (_, bytes, what) => {
    expect(why(bytes)).toBe(broken(what));
  });

  it('another type than the field has', () => {
    expect(why([0x08, 1], (reader) => reader.text())).toBe(broken('wire type 0 in field 1, expected 2, at offset 0'));
    expect(why([0x0a, 1, 1], (reader) => reader.int())).toBe(broken('wire type 2 in field 1, expected 0, at offset 0'));
    expect(why([0x0a, 1, 0x80], (reader) => reader.ints(9))).toBe(broken('a number that is cut off at offset 0'));
    expect(why([0x0a, 3, 1, 2, 3], (reader) => reader.floats(9))).toBe(
      broken('a packed list that ends inside a number at offset 0'),
    );
    expect(why([0x0a, 1, 0xff], (reader) => reader.text())).toBe(broken('a name that is not UTF-8 at offset 0'));
  });

  it('messages without end inside each other, and groups too', () => {
    let nested = new Message();
    for (let i = 0; i <= MAX_DEPTH; i++) nested = new Message().message(1, nested);
    const descend = (reader: MessageReader): void => {
      while (reader.next()) descend(reader.message());
    };
    expect(message(() => descend(read(nested.finish())))).toMatch(/messages nested more than 64 deep at offset/);
    expect(why(new Array(100_000).fill(0x0b))).toBe(broken('a number that is cut off at offset 0'));
  });

  it('more fields than any network has', () => {
    const bytes = new Uint8Array(2 * (MAX_FIELDS + 1)).fill(0x08);
    const reader = new WireFile(bytes, 'net.onnx').read();
    expect(
      message(() => {
        while (reader.next());
      }),
    ).toBe(broken(`more than ${MAX_FIELDS} fields at offset ${2 * MAX_FIELDS - 2}`));
  });
});
