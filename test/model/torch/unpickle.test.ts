import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/errors.js';
import { readStateDict, readTensors } from '../../../src/model/read-state-dict.js';
import { MAX_OPCODES } from '../../../src/model/torch/unpickle.js';
import { strictSource } from '../strict-source.js';
import {
  bytesOf,
  dict,
  EMPTY_DICT,
  EMPTY_TUPLE,
  global,
  int,
  long,
  type Part,
  PROTO,
  REDUCE,
  STOP,
  tensor,
  text,
  tuple,
} from './build-pickle.js';
import { buildZip, checkpointZip } from './build-zip.js';

/** Reads a checkpoint whose pickle has these opcodes and whose storage '0' has 24 bytes. */
function read(...opcodes: Part[]) {
  return readStateDict(strictSource(checkpointZip(bytesOf(PROTO, ...opcodes, STOP)), 'w.pth'));
}

const CODE =
  'is code, and nothing in a checkpoint is executed; if you trust the file, load it in Python and save model.state_dict() alone';
const UNKNOWN = 'is not one that torch.save writes for a state dict';

it('reads the tensor that every refusal here is a variation of', async () => {
  const state = await read(dict(['a', tensor({})]));
  expect(state.entries.get('a')).toMatchObject({ dtype: 'float32', shape: [2, 3], strides: [3, 1] });
});

describe('code', () => {
  it.each<[string, Part[], string]>([
    ['os.system called', [global('os', 'system'), text('id'), 0x85, REDUCE], `2: 'os.system' ${CODE}`],
    ['builtins.eval', [global('builtins', 'eval'), tuple(text('1')), REDUCE], `2: 'builtins.eval' ${CODE}`],
    ['STACK_GLOBAL', [text('posix'), text('system'), 0x93], `23: 'posix.system' ${CODE}`],
    ['a name with a line feed', [text('os\n'), text('system'), 0x93], `21: 'os\\n.system' ${CODE}`],
    ['an inherited name', [global('__proto__', 'constructor')], `2: '__proto__.constructor' ${CODE}`],
    [
      'a longer name',
      [global('collections.OrderedDict', '__reduce__')],
      `2: 'collections.OrderedDict.__reduce__' ${CODE}`,
    ],
    ['a torch function', [global('torch.hub', 'load')], `2: 'torch.hub.load' ${CODE}`],
    ['INST', ['(', text('id'), 'ios\nsystem\n'], `10: opcode INST ${UNKNOWN}`],
    ['OBJ', ['(', global('collections', 'OrderedDict'), 'o'], `28: opcode OBJ ${UNKNOWN}`],
    ['NEWOBJ_EX', [EMPTY_TUPLE, EMPTY_DICT, 0x92], `4: opcode NEWOBJ_EX ${UNKNOWN}`],
    ['EXT1', [0x82, 1], `2: opcode EXT1 ${UNKNOWN}`],
    ['a byte that is no opcode', [0xff], `2: opcode 0xff ${UNKNOWN}`],
    ['a string called', [text('x'), EMPTY_TUPLE, REDUCE], '9: a string cannot be called'],
    [
      'a storage type called',
      [global('torch', 'FloatStorage'), EMPTY_TUPLE, REDUCE],
      '23: torch.FloatStorage cannot be called',
    ],
    [
      'arguments in a list',
      [global('collections', 'OrderedDict'), ']', REDUCE],
      '28: collections.OrderedDict is called without a tuple',
    ],
    ['a state on a string', [text('x'), EMPTY_DICT, 'b'], '9: a string takes no state'],
    ['a state on a tensor', [tensor({}), EMPTY_DICT, 'b'], "124: a parameter's state is a dict, not three items"],
    [
      'a module by its persistent id',
      [tuple(text('module'), global('torch', 'Size'), text('f.py'), text('code')), 'Q'],
      '45: the file holds a whole module, which is code; save model.state_dict() instead',
    ],
  ])('%s is refused', async (_, opcodes, message) => {
    await expect(read(...opcodes)).rejects.toThrow(new ModelError(`w.pth: 'archive/data.pkl': pickle byte ${message}`));
  });
});

describe('malformed pickles', () => {
  it.each<[string, Part[], string]>([
    ['protocol 1', [0x80, 1], '2: protocol 1 is not one of 2 to 5'],
    ['an empty stack', [EMPTY_DICT, 's'], '3: the stack is empty'],
    ['a pop below a mark', [EMPTY_DICT, '(', 'b'], '4: the stack is empty'],
    ['no mark', ['t'], '2: there is no MARK to go back to'],
    ['a mark left over', [EMPTY_DICT, '(', EMPTY_DICT], '5: values are left over at STOP'],
    ['an unknown memo', ['h', 7], '2: nothing is remembered as 7'],
    ['a key without a value', [EMPTY_DICT, '(', text('x'), 'u'], '10: a key has no value'],
    ['items for a list', [']', text('x'), text('y'), 's'], '15: items are set in a list'],
    ['items appended to a dict', [EMPTY_DICT, text('x'), 'a'], '9: items are appended to a dict'],
    ['a dict as key', [EMPTY_DICT, EMPTY_DICT, 'N', 's'], "5: a dict's key is a dict"],
    ['a key twice', [dict(['x', int(1)], ['x', int(2)])], "26: a dict has the key 'x' twice"],
    ['a string that is not UTF-8', ['X', 1, 0, 0, 0, 0xff], '2: a string is not valid UTF-8'],
    ['STACK_GLOBAL of numbers', [int(1), int(2), 0x93], '12: a string is expected here'],
    [
      'OrderedDict of a number',
      [global('collections', 'OrderedDict'), tuple(int(1)), REDUCE],
      '34: an OrderedDict is made of 1',
    ],
  ])('%s is refused', async (_, opcodes, message) => {
    await expect(read(...opcodes)).rejects.toThrow(new ModelError(`w.pth: 'archive/data.pkl': pickle byte ${message}`));
  });

  it.each<[string, Part[]]>([
    ['a string of 4 GiB', ['X', 0xff, 0xff, 0xff, 0xff]],
    ['no STOP', [EMPTY_DICT, 'q']],
    ['a global without line feeds', ['cos']],
  ])('%s ends inside the pickle', async (_, opcodes) => {
    await expect(read(...opcodes)).rejects.toThrow(
      new ModelError("w.pth: 'archive/data.pkl' ends inside the pickle; the file is damaged, get it again"),
    );
  });

  it('more opcodes than any checkpoint has are refused', async () => {
    const pickle = new Uint8Array(MAX_OPCODES + 10).fill('N'.charCodeAt(0));
    pickle.set(PROTO);
    await expect(readStateDict(strictSource(checkpointZip(pickle), 'w.pth'))).rejects.toThrow(
      new ModelError("w.pth: 'archive/data.pkl': pickle byte 1000000: more than 1000000 opcodes"),
    );
  });

  it('nesting costs no stack and cycles no time', async () => {
    const deep = ['('.repeat(100_000), 't'.repeat(100_000)];
    const cycle = [']', 'q', 0, 'h', 0, 'a'];
    const state = await read(dict(['model', dict(['a', tensor({})])], ['deep', deep], ['cycle', cycle]));
    expect([...state.entries.keys()]).toEqual(['a']);
  });

  it('keys of a prototype are names like any other', async () => {
    const state = await read(dict(['__proto__', tensor({})], ['constructor', tensor({})]));
    expect([...state.entries.keys()]).toEqual(['__proto__', 'constructor']);
    expect(Object.prototype).not.toHaveProperty('dtype');
  });
});

describe('tensors that lie', () => {
  const reach = (shape: string, strides: string, at: number, of = 6) =>
    `'a' of shape [${shape}] and strides [${strides}] at element ${at} reaches beyond its storage of ${of}; the file is damaged, get it again`;
  it.each<[string, Parameters<typeof tensor>[0], string]>([
    ['a shape beyond the storage', { shape: [int(2), int(4)], strides: [int(4), int(1)] }, reach('2, 4', '4, 1', 0)],
    ['an offset beyond it', { offset: int(1) }, reach('2, 3', '3, 1', 1)],
    ['a stride beyond it', { strides: [int(4), int(1)] }, reach('2, 3', '4, 1', 0)],
    ['an empty tensor outside it', { offset: int(7), shape: [int(0)], strides: [int(1)] }, reach('0', '1', 7)],
    [
      'a product of 2^64 elements',
      { shape: [int(0x10000), int(0x10000), int(0x10000), int(0x10000)], strides: [int(0), int(0), int(0), int(0)] },
      reach('65536, 65536, 65536, 65536', '0, 0, 0, 0', 0),
    ],
    [
      'a span of 2^84',
      { shape: [int(2), long(2n ** 42n + 1n)], strides: [int(1), long(2n ** 42n)] },
      reach('2, 4398046511105', '1, 4398046511104', 0),
    ],
    [
      'a storage that the pickle calls longer',
      { storedLength: int(7) },
      "storage '0' should have 28 bytes (7 of float32) and has 24; the file is damaged, get it again",
    ],
    [
      'a storage of wider elements',
      { storage: 'LongStorage' },
      "storage '0' should have 48 bytes (6 of int64) and has 24; the file is damaged, get it again",
    ],
  ])('%s is refused', async (_, fields, message) => {
    await expect(read(dict(['a', tensor(fields)]))).rejects.toThrow(new ModelError(`w.pth: ${message}`));
  });

  it.each<[string, Parameters<typeof tensor>[0], string]>([
    ['a negative size', { shape: [int(-2), int(3)] }, "a tensor's size is -2, not a whole number from 0"],
    ['a negative stride', { strides: [int(-3), int(1)] }, "a tensor's stride is -3, not a whole number from 0"],
    [
      'a size of 2^62',
      { shape: [long(2n ** 62n)] },
      "a tensor's size is 4611686018427387904, not a whole number from 0",
    ],
    [
      'a fractional offset',
      { offset: ['G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0] },
      "a tensor's offset is 0.5, not a whole number from 0",
    ],
    ['fewer strides than sizes', { strides: [int(3)] }, 'a tensor has 2 sizes and 1 strides'],
    [
      '65 axes',
      { shape: Array(65).fill(int(1)), strides: Array(65).fill(int(1)) },
      "a tensor's size has more than 64 axes",
    ],
    ['an untyped storage', { storage: 'UntypedStorage' }, 'a tensor of an untyped storage has no element type'],
  ])('%s is refused', async (_, fields, message) => {
    const opcodes = [dict(['a', tensor(fields)])];
    const byte = bytesOf(PROTO, ...opcodes).lastIndexOf('R'.charCodeAt(0));
    await expect(read(...opcodes)).rejects.toThrow(
      new ModelError(`w.pth: 'archive/data.pkl': pickle byte ${byte}: ${message}`),
    );
  });

  it('a tensor without its storage is refused', async () => {
    const zip = buildZip([{ name: 'archive/data.pkl', bytes: bytesOf(PROTO, dict(['a', tensor({})]), STOP) }]);
    await expect(readStateDict(strictSource(zip, 'w.pth'))).rejects.toThrow(
      new ModelError("w.pth: 'a' has no storage '0'"),
    );
  });

  it('repeated elements do not make a small file large', async () => {
    const state = await read(dict(['a', tensor({ shape: [int(1_000_000)], strides: [int(0)] })]));
    const { byteLength } = state.source;
    await expect(readTensors(state, ['a'])).rejects.toThrow(
      new ModelError(
        `w.pth: 'a' of shape [1000000] takes 4000000 bytes when its repeated elements are written out, more than the file's ${byteLength}; save its .contiguous()`,
      ),
    );
  });
});
