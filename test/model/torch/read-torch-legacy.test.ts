import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/errors.js';
import { readStateDict, readTensors } from '../../../src/model/read-state-dict.js';
import { strictSource } from '../strict-source.js';
import { bytesOf, dict, global, int, type Part, PROTO, REDUCE, STOP, tensor, text, tuple } from './build-pickle.js';

const MAGIC = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

interface Stream {
  readonly version?: number;
  readonly littleEndian?: boolean;
  readonly root?: Part;
  readonly keys?: readonly Part[];
  readonly length?: number;
  readonly data?: Part;
}

/** A legacy file with one storage '0' of six float32, each part open to lies. */
function legacy(stream: Stream): Uint8Array {
  const { version = 1001, littleEndian = true, root = dict(['a', tensor({})]) } = stream;
  const { keys = [text('0')], length = 6, data = new Array(24).fill(1) } = stream;
  const machine = dict(['little_endian', littleEndian ? 0x88 : 0x89]);
  const pickles = [MAGIC, int(version), machine, root, [']', '(', keys, 'e']].map((part) => [PROTO, part, STOP]);
  return bytesOf(...pickles, [length & 255, length < 0 ? new Array(7).fill(255) : new Array(7).fill(0)], data);
}

function read(stream: Stream) {
  return readStateDict(strictSource(legacy(stream), 'w.pth'));
}

function view(start: number, length: number): Part {
  const id = tuple(text('storage'), global('torch', 'FloatStorage'), text('0'), text('cpu'), int(6), [
    tuple(text('v'), int(start), int(length)),
  ]);
  const args = tuple([id, 'Q'], int(1), tuple(int(2)), tuple(int(1)));
  return [global('torch._utils', '_rebuild_tensor'), args, REDUCE];
}

it('reads the file that every refusal here is a variation of', async () => {
  expect((await read({})).format).toBe('torch legacy');
});

it('reads a view of a storage', async () => {
  const data = [...Array(24).keys()];
  const state = await read({ root: dict(['a', view(2, 3)]), data });
  const { bytes } = (await readTensors(state, ['a'])).get('a')!;
  expect([...bytes]).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
});

it('reads pickles that are longer than its first read', async () => {
  const name = 'long'.repeat(300_000);
  const state = await read({ root: dict([name, tensor({})]) });
  expect([...state.entries.keys()]).toEqual([name]);
});

describe('refusals', () => {
  it.each<[string, Stream, string]>([
    [
      'a newer version',
      { version: 1002 },
      "starts with magic 119547037146038801333356 and version 1002, not torch.save's 1001",
    ],
    [
      'big-endian numbers',
      { littleEndian: false },
      'its numbers are not little-endian; load it with PyTorch and save it again',
    ],
    [
      'keys that are no strings',
      { keys: [int(0)] },
      'its list of storages is not a list of strings; get the file again',
    ],
    ['a key that no tensor uses', { keys: [text('0'), text('1')] }, "storage '1' is listed and not used"],
    ['a key twice', { keys: [text('0'), text('0')] }, "storage '0' is listed twice"],
    ['no key', { keys: [] }, '32 bytes follow the last storage; get the file again'],
    ['bytes at the end', { data: new Array(25).fill(0) }, '1 bytes follow the last storage; get the file again'],
    [
      'another length',
      { length: 5 },
      "storage '0' should have 24 bytes (6 of float32) and has 20; the file is damaged, get it again",
    ],
    [
      'a negative length',
      { length: -1 },
      "storage '0' should have 24 bytes (6 of float32) and has -4; the file is damaged, get it again",
    ],
    [
      'a storage of two types',
      { root: dict(['a', tensor({})], ['b', tensor({ storage: 'IntStorage' })]) },
      "pickle byte 270: storage '0' is described in two ways",
    ],
    [
      'a view beyond its storage',
      { root: dict(['a', view(4, 3)]) },
      'pickle byte 160: a view ends at element 7 of a storage of 6',
    ],
    [
      'a tensor beyond its view',
      { root: dict(['a', view(4, 2)]) },
      "'a' of shape [2] and strides [1] at element 1 reaches beyond its storage of 2; the file is damaged, get it again",
    ],
    [
      'code',
      { root: [global('os', 'system'), tuple(text('id')), REDUCE] },
      "pickle byte 50: 'os.system' is code, and nothing in a checkpoint is executed; if you trust the file, load it in Python and save model.state_dict() alone",
    ],
  ])('%s', async (_, stream, message) => {
    await expect(read(stream)).rejects.toThrow(new ModelError(`w.pth: ${message}`));
  });

  it('a cut inside the values says truncated', async () => {
    const bytes = legacy({});
    const cut = strictSource(bytes.subarray(0, -5), 'w.pth');
    await expect(readStateDict(cut)).rejects.toThrow(
      new ModelError(
        `w.pth: storage '0' should end at byte ${bytes.length}, but the file has ${bytes.length - 5}; it is truncated, get it again`,
      ),
    );
  });

  it('a cut inside the pickles says truncated', async () => {
    const cut = strictSource(legacy({}).subarray(0, 100), 'w.pth');
    await expect(readStateDict(cut)).rejects.toThrow(
      new ModelError('w.pth: the pickles before the tensors end with the file: it is truncated; get the file again'),
    );
  });
});
