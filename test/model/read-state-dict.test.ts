import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.js';
import { readStateDict, readTensors } from '../../src/model/read-state-dict.js';
import { strictSource } from './strict-source.js';
import { bytesOf } from './torch/build-pickle.js';

const FIXTURES = new URL('../fixtures/checkpoints/', import.meta.url);
const SHARED = new URL('../../../shared/', import.meta.url);

interface ExpectedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: string;
}

const expected: Record<string, ExpectedTensor[]> = JSON.parse(readFileSync(new URL('expected.json', FIXTURES), 'utf8'));

function fixture(name: string): Uint8Array {
  return readFileSync(new URL(name, FIXTURES));
}

function read(bytes: Uint8Array | string, name = 'weights.pth') {
  return readStateDict(strictSource(typeof bytes === 'string' ? bytesOf(bytes) : bytes, name));
}

/** Reads everything. True where that works, false for a ModelError; any other exception goes on. */
async function reads(bytes: Uint8Array): Promise<boolean> {
  try {
    const dict = await read(bytes);
    await readTensors(dict, [...dict.entries.keys()]);
    return true;
  } catch (error) {
    if (error instanceof ModelError) return false;
    throw error;
  }
}

describe('fixtures', () => {
  it.each(Object.keys(expected))('%s has the tensors that PyTorch reads', async (name) => {
    const dict = await read(fixture(name), name);
    const tensors = await readTensors(dict, [...dict.entries.keys()]);
    const found = [...tensors].map(([key, { dtype, shape, bytes }]) => {
      return { name: key, dtype, shape, bytes: Buffer.from(bytes).toString('hex') };
    });
    expect(found).toEqual(expected[name]);
  });

  it('cover every file of the folder that is not refused', () => {
    const files = readdirSync(FIXTURES).filter((name) => !name.startsWith('refused') && name !== 'expected.json');
    expect(files.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each([
    ['zip.pth', 'torch zip'],
    ['legacy.pth', 'torch legacy'],
    ['dtypes.safetensors', 'safetensors'],
  ])('%s is %s', async (name, format) => {
    expect((await read(fixture(name))).format).toBe(format);
  });
});

describe('readTensors', () => {
  it('gives the tensors asked for, in that order', async () => {
    const tensors = await readTensors(await read(fixture('dtypes.pth')), ['uint8', 'float16']);
    expect([...tensors.keys()]).toEqual(['uint8', 'float16']);
    expect([...tensors.get('uint8')!.bytes]).toEqual([-27, -30, -33, -36, -39, -42].map((value) => value & 255));
  });

  it('refuses a name that is not there', async () => {
    const dict = await read(fixture('zip.pth'), 'zip.pth');
    await expect(readTensors(dict, ['conv.weight', 'conv.wait'])).rejects.toThrow("zip.pth: has no tensor 'conv.wait'");
  });

  it('says that a file changed under it', async () => {
    const bytes = fixture('zip.pth');
    const dict = await read(bytes, 'zip.pth');
    const cut = { ...dict, source: { ...dict.source, slice: async () => bytes.subarray(0, 7) } };
    await expect(readTensors(cut, ['bn.bias'])).rejects.toThrow(
      /^zip\.pth: 7 of 20 bytes came back from offset \d+; the file changed while it was read, try again$/,
    );
  });
});

describe('what is not a checkpoint', () => {
  it.each([
    ['an empty file', '', 'the file is empty; get it again'],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
      'a Git LFS pointer, not the file it stands for; run git lfs pull',
    ],
    [
      'a web page',
      '\n<!DOCTYPE html><html><head><title>Not found</title>',
      'a web page, not a checkpoint; the download went to the wrong address',
    ],
    [
      'a tar',
      `storages${'\0'.repeat(249)}ustar\x0000`,
      'a tar, as torch.save wrote until early 2017; load it with torch.load and save it again',
    ],
    [
      'another pickle',
      '\x80\x04\x95\x02\0\0\0\0\0\0\0}.',
      "a Python pickle without torch.save's header; save model.state_dict() with torch.save",
    ],
    [
      'an ONNX model',
      '\x08\x07\x12\x07pytorch\x1a\x032.0:\x10',
      'not a checkpoint; give a .pth file of torch.save or a .safetensors file',
    ],
  ])('%s is named', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(new ModelError(`weights.pth: ${message}`));
  });
});

describe('what a checkpoint must not hold', () => {
  const READ = 'float32, float16, bfloat16, float64, int64, int32, int16, int8, uint8, bool';
  it.each([
    ['two', "'state_dict' and 'model' each hold a state dict; save the one to use in a file of its own"],
    [
      'other-wrapper',
      "holds a dict with 'net', 'epoch', and no tensors by name there or under 'state_dict', 'model_state_dict', 'model'; save model.state_dict()",
    ],
    ['list', 'holds a list, not a state dict; save model.state_dict()'],
    ['mixed', "the state dict['b'] is 3; a state dict holds tensors by name, save model.state_dict()"],
    [
      'module',
      "'refused-module/data.pkl': pickle byte 2: 'torch.nn.modules.linear.Linear' is code, and nothing in a checkpoint is executed; if you trust the file, load it in Python and save model.state_dict() alone",
    ],
    [
      'complex',
      `'refused-complex/data.pkl': pickle byte 64: 'torch.ComplexFloatStorage' is an element type that is not read; convert to ${READ}`,
    ],
    [
      'uint16',
      `'refused-uint16/data.pkl': pickle byte 168: 'torch.uint16' is an element type that is not read; convert to ${READ}`,
    ],
    [
      'sparse',
      "'refused-sparse/data.pkl': pickle byte 13: 'torch._utils._rebuild_sparse_tensor' is a sparse tensor; save its .to_dense()",
    ],
    [
      'quantised',
      "'refused-quantised/data.pkl': pickle byte 13: 'torch._utils._rebuild_qtensor' is a quantised tensor; save the model before it is quantised",
    ],
    [
      'meta',
      "'refused-meta/data.pkl': pickle byte 13: 'torch._utils._rebuild_meta_tensor_no_storage' is a tensor on the meta device, which has no values",
    ],
    [
      'negated',
      "'refused-negated/data.pkl': pickle byte 176: a tensor is stored conjugated or negated; save its .resolve_conj().resolve_neg()",
    ],
    ['torchscript', 'a TorchScript archive, which holds code; load it with torch.jit.load and save its state_dict()'],
  ])('%s', async (kind, message) => {
    const name = `refused-${kind}.pth`;
    await expect(read(fixture(name), name)).rejects.toThrow(new ModelError(`${name}: ${message}`));
  });
});

describe('damage', () => {
  const names = ['zip.pth', 'zip64.pth', 'legacy.pth', 'python2.pth', 'layouts-legacy.pth', 'dtypes.safetensors'];

  it.each(names)('%s is refused when cut at any byte', async (name) => {
    const bytes = fixture(name);
    for (let byteLength = 0; byteLength < bytes.byteLength; byteLength++) {
      expect(await reads(bytes.subarray(0, byteLength)), `cut at ${byteLength}`).toBe(false);
    }
    expect(await reads(bytes)).toBe(true);
  });

  it.each([...names, 'wrapped.pth', 'layouts.pth'])('%s with changed bytes is read or refused', async (name) => {
    const original = fixture(name);
    const change = fc.record({ at: fc.nat(original.byteLength - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Uint8Array.from(original);
        for (const { at, value } of changes) bytes[at] = value;
        await reads(bytes);
      }),
      { numRuns: 500, seed: 20240610 },
    );
  });
});

const models = new URL('testdata/models/', SHARED);
const haveModels = existsSync(models);
const haveEmbedded = existsSync(new URL('embedded/', SHARED));

/** SHA-256 of all tensors' bytes one after the other. */
async function digest(file: URL, order: (names: string[]) => string[]) {
  const source = strictSource(readFileSync(file), 'weights');
  const dict = await readStateDict(source);
  const { bytesRead, reads: requests } = source;
  const hash = createHash('sha256');
  const names = order([...dict.entries.keys()]);
  for (const { bytes } of (await readTensors(dict, names)).values()) hash.update(bytes);
  return { dict, bytesRead, requests, sha256: hash.digest('hex') };
}

describe.skipIf(!haveModels)('published checkpoints (../shared/testdata)', () => {
  it('reads every value of ResNet18 as PyTorch does, and little else to list them', async () => {
    const file = new URL('resnet18-imagenet-partial.pth', models);
    const { dict, bytesRead, requests, sha256 } = await digest(file, (names) => names);
    expect(dict.entries.size).toBe(122);
    expect(sha256).toBe('53be05c2cac005a532498e79ccbe262bf340305a97036cfbdf15373e030a79ac');
    expect(dict.entries.get('conv1.weight')).toMatchObject({ dtype: 'float32', shape: [64, 3, 7, 7] });
    const { bytes } = (await readTensors(dict, ['conv1.weight'])).get('conv1.weight')!;
    const values = new Float32Array(Uint8Array.from(bytes).buffer);
    expect([...values.subarray(0, 3), values.at(-1)]).toEqual([
      -0.010419349186122417, -0.0061356076039373875, -0.0018097757128998637, -0.06678751111030579,
    ]);
    expect(bytesRead).toBeLessThan(1_500_000);
    expect(requests).toBeLessThan(50);
  });

  it('says that a cut file is truncated', async () => {
    const bytes = readFileSync(new URL('resnet18-f37072fd.truncated.pth', models));
    await expect(read(bytes)).rejects.toThrow(
      new ModelError(
        'weights.pth: a zip without a directory at its end: its 579901 bytes are truncated, get the file again',
      ),
    );
  });
});

describe.skipIf(!haveEmbedded)('embedded weights (../shared/embedded)', () => {
  it.each([
    ['alexnet', 12, '2c140ce8070c216ff91fb81ebce9d7a62c4617096885ce81592bbd1d7d5120c7'],
    ['resnet18', 102, '010035c69648617d0a0103f72a7d74cd77d7e8755461e99b7ce66d441851e098'],
  ])('%s has the values that safetensors reads', async (model, count, sha256) => {
    const file = new URL(`embedded/${model}-formula.f16.safetensors`, SHARED);
    const found = await digest(file, (names) => names.sort());
    expect(found.dict.entries.size).toBe(count);
    expect(found.sha256).toBe(sha256);
  });
});
