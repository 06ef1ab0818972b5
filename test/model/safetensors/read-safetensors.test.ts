import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/errors.js';
import { readStateDict, readTensors } from '../../../src/model/read-state-dict.js';
import { strictSource } from '../strict-source.js';

function build(header: string, dataBytes: number, headerLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  for (let index = 0; index < dataBytes; index++) bytes[8 + json.length + index] = index;
  return bytes;
}

function read(header: string, dataBytes: number, headerLength?: bigint) {
  return readStateDict(strictSource(build(header, dataBytes, headerLength), 'w.safetensors'));
}

const A = '"a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]}';

it('reads names in header order, and values at their offsets', async () => {
  const b = '"2":{"dtype":"U8","shape":[],"data_offsets":[15,16]}';
  const c = '"1":{"dtype":"I8","shape":[3],"data_offsets":[12,15]}';
  const empty = '"__proto__":{"dtype":"F64","shape":[0,9007199254740991],"data_offsets":[12,12]}';
  const state = await read(`{"__metadata__":{"k":"v"}, ${b} ,${c},${A},${empty}}   `, 16);
  expect([...state.entries.keys()]).toEqual(['2', '1', 'a', '__proto__']);
  const tensors = await readTensors(state, ['2', '1', '__proto__', 'a']);
  expect([...tensors.get('2')!.bytes]).toEqual([15]);
  expect([...tensors.get('1')!.bytes]).toEqual([12, 13, 14]);
  expect(tensors.get('__proto__')!.bytes.byteLength).toBe(0);
  expect(tensors.get('a')).toMatchObject({ dtype: 'float16', shape: [2, 3] });
});

it('decodes escapes and other alphabets in names', async () => {
  const state = await read('{"\\u00e9\\"é":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}', 1);
  expect([...state.entries.keys()]).toEqual(['é"é']);
});

describe('rules of the format', () => {
  const INVALID = 'it is not a valid safetensors file, get it again';
  const TYPES = 'F32, F16, BF16, F64, I64, I32, I16, I8, U8, BOOL';
  const entry = (fields: string) => `{"a":{${fields}}}`;
  it.each<[string, string, number, string]>([
    [
      'a hole',
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
      3,
      "'a' starts at byte 1 of the data, where 0 is expected",
    ],
    [
      'an overlap',
      `{${A},"b":{"dtype":"U8","shape":[4],"data_offsets":[11,15]}}`,
      15,
      "'b' starts at byte 11 of the data, where 12 is expected",
    ],
    [
      'two tensors in one place',
      `{${A},"b":{"dtype":"F16","shape":[6],"data_offsets":[0,12]}}`,
      12,
      "'b' starts at byte 0 of the data, where 12 is expected",
    ],
    ['bytes at the end', `{${A}}`, 13, '1 bytes follow the last tensor'],
    [
      'a size that is not the shape',
      entry('"dtype":"F32","shape":[2,3],"data_offsets":[0,12]'),
      12,
      "'a' of float32 and shape [2, 3] does not fill bytes 0 to 12",
    ],
    [
      'offsets in reverse',
      entry('"dtype":"U8","shape":[3],"data_offsets":[3,0]'),
      3,
      "'a' of uint8 and shape [3] does not fill bytes 3 to 0",
    ],
    [
      'a product of 2^64',
      entry('"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]'),
      0,
      "'a' of uint8 and shape [4294967296, 4294967296] does not fill bytes 0 to 0",
    ],
    [
      'a negative size',
      entry('"dtype":"U8","shape":[-1],"data_offsets":[0,1]'),
      1,
      "'a' has no shape of whole numbers or no pair of data_offsets",
    ],
    [
      'a fraction',
      entry('"dtype":"U8","shape":[0.5],"data_offsets":[0,1]'),
      1,
      "'a' has no shape of whole numbers or no pair of data_offsets",
    ],
    [
      'a size beyond 2^53',
      entry('"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,1]'),
      1,
      "'a' has no shape of whole numbers or no pair of data_offsets",
    ],
    [
      'three offsets',
      entry('"dtype":"U8","shape":[1],"data_offsets":[0,1,2]'),
      1,
      "'a' has no shape of whole numbers or no pair of data_offsets",
    ],
    [
      'no shape',
      entry('"dtype":"U8","data_offsets":[0,1]'),
      1,
      "'a' has no shape of whole numbers or no pair of data_offsets",
    ],
    [
      'another element type',
      entry('"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]'),
      1,
      `'a' has the element type 'F8_E4M3', not one of ${TYPES}`,
    ],
    [
      'no element type',
      entry('"shape":[1],"data_offsets":[0,1]'),
      1,
      `'a' has the element type 'undefined', not one of ${TYPES}`,
    ],
    ['a tensor that is a list', '{"a":[]}', 0, "the header's 'a' is not an object"],
    ['metadata of numbers', `{"__metadata__":{"k":1},${A}}`, 12, 'its __metadata__ is not an object of strings'],
    ['no tensors', '{}', 0, 'it has no tensors'],
  ])('%s is refused', async (_, header, dataBytes, message) => {
    await expect(read(header, dataBytes)).rejects.toThrow(new ModelError(`w.safetensors: ${message}; ${INVALID}`));
  });

  it('missing values are named as truncation', async () => {
    await expect(read(`{${A}}`, 7)).rejects.toThrow(
      new ModelError('w.safetensors: its tensors take 12 bytes and 7 are there; it is truncated, get it again'),
    );
  });
});

describe('the header', () => {
  it.each<[string, bigint, string]>([
    ['2^60 bytes', 2n ** 60n, "claims a header of 1152921504606846976 bytes; the format's limit is 100000000"],
    [
      '2^64 - 1 bytes',
      2n ** 64n - 1n,
      "claims a header of 18446744073709551615 bytes; the format's limit is 100000000",
    ],
    [
      'more bytes than the file',
      100n,
      'its header ends at byte 108, but the file has 77; it is truncated, get it again',
    ],
  ])('of %s is refused', async (_, headerLength, message) => {
    await expect(read(`{${A}}`, 12, headerLength)).rejects.toThrow(new ModelError(`w.safetensors: ${message}`));
  });

  it.each<[string, string, string]>([
    ['a repeated key', `{${A},${A}}`, 'the key "a" is repeated at character 60'],
    ['a repeated key inside', '{"a":{"dtype":"U8","dtype":"U8"}}', 'the key "dtype" is repeated at character 26'],
    ['deep nesting', `{"a":${'['.repeat(100_000)}`, 'nesting deeper than 8 at character 12'],
    ['a cut', '{"a":{"dtype":"U8"', "'}' is missing at character 18"],
    ['something behind it', `{${A}} x`, 'something follows the value at character 58'],
    ['a comma at the end', `{${A},}`, 'a key is missing at character 57'],
    ['a number as key', '{1:2}', 'a key is missing at character 1'],
    ['a bad escape', '{"\\x":1}', 'a string is malformed at character 1'],
    ['a line feed in a string', '{"a\n":1}', 'a string is malformed at character 1'],
    ['an open string', '{"a', 'a string is malformed at character 1'],
    ['a number with a leading zero', '{"a":[01]}', "']' is missing at character 7"],
    ['no value', '{"a":}', 'a value is missing at character 5'],
  ])('with %s is refused', async (_, header, message) => {
    await expect(read(header, 12)).rejects.toThrow(
      new ModelError(`w.safetensors: its header is not the JSON it should be: ${message}`),
    );
  });

  it('that is not UTF-8 is refused', async () => {
    const bytes = build(`{${A}}`, 12);
    bytes[10] = 0xff;
    await expect(readStateDict(strictSource(bytes, 'w.safetensors'))).rejects.toThrow(
      /^w\.safetensors: its header is not the JSON it should be: /,
    );
  });
});
