import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../src/bytes/source.js';
import { Message } from '../../../src/model/onnx/message.js';
import { openOnnx } from '../../../src/model/open-onnx.js';
import { message, rejection } from '../refusal.js';
import { CONV, externalTensor, type ModelParts, model, open, tensor, value } from './build-onnx.js';

const refusal = (parts: ModelParts) => rejection(open(model(parts)));
const WAY_OUT = 'give a network that takes one image [1, channels, height, width] of float32, float16 or uint8';

it('opens what the refusals below vary', async () => {
  const { layers, name, weights, parameterCount } = await open(model());
  expect([name, weights.format, parameterCount, layers]).toEqual([
    'net',
    'ONNX',
    54,
    [
      {
        path: 'conv',
        op: 'Conv',
        filters: 2,
        kernel: [3, 3],
        stride: [1, 1],
        padding: [0, 0],
        dilation: [1, 1],
        groups: 1,
        weightCount: 54,
        tensors: { conv: 'y', bn: 'y', act: 'y' },
      },
    ],
  ]);
});

describe('operators and versions', () => {
  it('unknown ones, named and counted', async () => {
    const nodes = ['a', 'b'].map((output) => ({ op: 'Debug', inputs: ['image'], outputs: [output] }));
    const other = { op: 'Magic', domain: 'my.ops', inputs: ['image'], outputs: ['c'] };
    expect(await refusal({ nodes: [CONV, ...nodes, other] })).toBe(
      "ModelError: net.onnx: ONNX Runtime has no operator 'Debug' x 2, 'my.ops.Magic' x 1; export the network with operators of ONNX alone",
    );
  });

  it('many unknown ones, the most frequent first', async () => {
    const nodes = Array.from({ length: 7 }, (_, i) => ({ op: `Op${i}`, inputs: ['image'], outputs: [`y${i}`] }));
    expect(await refusal({ nodes: [...nodes, CONV] })).toBe(
      "ModelError: net.onnx: ONNX Runtime has no operator 'Op0' x 1, 'Op1' x 1, 'Op2' x 1, 'Op3' x 1, 'Op4' x 1, and 2 more; export the network with operators of ONNX alone",
    );
  });

  it('an opset or IR version outside what the runtime has', async () => {
    expect(await refusal({ opset: 27 })).toBe(
      'ModelError: net.onnx: opset 27 is outside 7 to 26, which ONNX Runtime has here; export it with opset_version=17',
    );
    expect(await refusal({ opset: 6 })).toBe(
      'ModelError: net.onnx: opset 6 is outside 7 to 26, which ONNX Runtime has here; export it with opset_version=17',
    );
    expect(await refusal({ irVersion: 14 })).toBe(
      'ModelError: net.onnx: IR version 14 is newer than 13, the newest that ONNX Runtime reads here; export it with an older onnx package',
    );
  });
});

describe('inputs', () => {
  it.each<[string, ModelParts['inputs'], string]>([
    ['none', [], 'no input'],
    [
      'more than one',
      [value('image', [1, 3, 8, 9]), value('training_mode', [], 9)],
      "the inputs 'image' (float [1, 3, 8, 9]), 'training_mode' (bool [])",
    ],
    ['tokens', [value('tokens', [1, 'n'], 7)], "the input 'tokens' (int64 [1, ?])"],
    ['rank 3', [value('image', [3, 'h', 'w'])], "the input 'image' (float [3, ?, ?])"],
    ['no shape', [value('image', null)], "the input 'image' (float of any shape)"],
    ['text', [value('image', [1, 3, 8, 9], 8)], "the input 'image' (string [1, 3, 8, 9])"],
    [
      'a sequence',
      [new Message().string(1, 'images').message(2, new Message().message(4, new Message()))],
      "the input 'images' (sequence)",
    ],
    [
      'an optional',
      [new Message().string(1, 'image').message(2, new Message().message(9, new Message()))],
      "the input 'image' (optional)",
    ],
  ])('%s', async (_, inputs, found) => {
    expect(await refusal({ inputs: inputs!, nodes: [], outputs: [] })).toBe(
      `ModelError: net.onnx: has ${found}; ${WAY_OUT}`,
    );
  });

  it('a batch', async () => {
    expect(await refusal({ inputs: [value('image', [8, 3, 9, 7])] })).toBe(
      'ModelError: net.onnx: takes 8 images at once; export it for one, or with a free first axis',
    );
  });

  it('an open number of channels, unless the first convolution has it', async () => {
    const inputs = [value('image', ['n', 'c', 'h', 'w'])];
    expect((await open(model({ inputs }))).input.channels).toBe(3);
    expect(await refusal({ inputs, nodes: [{ op: 'Relu', inputs: ['image'], outputs: ['y'] }] })).toBe(
      "ModelError: net.onnx: the input 'image' (float [?, ?, ?, ?]) leaves the number of channels open; export it with that fixed",
    );
  });

  it('an image of another size, when its shapes are asked for', async () => {
    const { shapes } = await open(model({ inputs: [value('image', [1, 3, 8, 'w'])] }));
    expect(shapes([8, 5])).toBeNull();
    expect(message(() => shapes([9, 5]))).toBe(
      'InputError: an image of 5x9 does not fit this network, which takes anyx8; use --img-size 5x8',
    );
  });
});

describe('graphs', () => {
  it('without weights', async () => {
    expect(await refusal({ weights: {} })).toBe(
      "ModelError: net.onnx: 1 tensors have no values ('w'); export the network with its weights",
    );
    const tensors = ['w', 'v', 'u', 't'].map((name) => new Message().int(1, 2).int(2, 1).string(8, name));
    expect(await refusal({ weights: {}, tensors })).toBe(
      "ModelError: net.onnx: 4 tensors have no values ('w', 'v', 'u', ...); export the network with its weights",
    );
  });

  it('with an output that nothing makes', async () => {
    expect(await refusal({ outputs: [new Message().string(1, 'z')] })).toBe(
      "ModelError: net.onnx: 1 tensors have no values ('z'); export the network with its weights",
    );
  });

  it('with two sources of a tensor', async () => {
    expect(await refusal({ nodes: [CONV, { ...CONV, name: 'again' }] })).toBe(
      "ModelError: net.onnx: two sources of the tensor 'y'; the file is damaged, export it again",
    );
    expect(await refusal({ tensors: [tensor('w', [1])] })).toMatch(
      /^ModelError: net.onnx: not a whole ONNX file: a second weight named 'w' at offset \d+; it is damaged, get it again$/,
    );
  });

  it('with nodes that wait for each other', async () => {
    const nodes = [
      { op: 'Add', inputs: ['image', 'b'], outputs: ['a'], name: 'left' },
      { op: 'Relu', inputs: ['a'], outputs: ['b'] },
      CONV,
    ];
    expect(await refusal({ nodes })).toBe(
      "ModelError: net.onnx: the node 'left' waits for its own output; export the network again",
    );
  });

  it('but not those that are only out of order', async () => {
    const nodes = [{ op: 'Relu', inputs: ['y'], outputs: ['z'] }, CONV];
    const { layers } = await open(model({ nodes }));
    expect(layers.map(({ op, tensors }) => [op, tensors.act])).toEqual([
      ['Conv', 'z'],
      ['Relu', 'z'],
    ]);
  });
});

describe('external data', () => {
  const parts = (entries: Record<string, string>, dims = [2, 3, 3, 3]) => {
    return { weights: {}, tensors: [externalTensor('w', dims, entries)] };
  };
  const openWith = (entries: Record<string, string>, dims?: number[]) =>
    rejection(
      open(model(parts(entries, dims)), {
        openSibling: async (location) => memorySource(new Uint8Array(300), location),
      }),
    );

  it.each([
    '/etc/passwd',
    '../w.bin',
    'a/../../w.bin',
    'a\\..\\w.bin',
    'C:w.bin',
    '\\\\host\\w.bin',
    '',
    'a//b',
    'w\0.bin',
    '*/_ORT_MEM_ADDR_/*',
  ])('at %j', async (location) => {
    const shown = JSON.stringify(location).slice(1, -1);
    expect(await openWith({ location })).toBe(
      `ModelError: net.onnx: weights at '${shown}', which is not inside the model's folder; save the model with its data beside it`,
    );
  });

  it('in a file that is not there', async () => {
    expect(await refusal(parts({ location: 'w.bin' }))).toBe(
      "ModelError: net.onnx: its weights are in 'w.bin' beside it, which cannot be opened; put that file there",
    );
  });

  it('beyond the end of the file', async () => {
    expect(await openWith({ location: 'data/w.bin', offset: '128', length: '216' })).toBe(
      "ModelError: net.onnx: the weight 'w' claims 216 bytes at offset 128, but 'data/w.bin' has 300; it is truncated, get it again",
    );
  });

  it.each([
    [{ location: 'w.bin', length: '217' }, undefined, "2x3x3x3 cannot be '217' bytes at '0'"],
    [{ location: 'w.bin', offset: '-4' }, undefined, "2x3x3x3 cannot be '' bytes at '-4'"],
    [{ location: 'w.bin', offset: '1e3' }, undefined, "2x3x3x3 cannot be '' bytes at '1e3'"],
    [{ location: 'w.bin' }, [2 ** 31, 2 ** 31], "2147483648x2147483648 cannot be '' bytes at '0'"],
  ])('of an impossible extent: %j', async (entries, dims, what) => {
    expect(await openWith(entries as Record<string, string>, dims)).toBe(
      `ModelError: net.onnx: the weight 'w' of ${what} of 'w.bin'; export it again`,
    );
  });

  it('is handed on by location, and only what a program needs', async () => {
    const opened: string[] = [];
    const bytes = model({
      nodes: [CONV, { op: 'Conv', inputs: ['y', 'v'], outputs: ['z'], name: 'second' }],
      weights: {},
      tensors: [
        externalTensor('w', [2, 3, 3, 3], { location: 'data/w.bin', offset: '64' }),
        externalTensor('v', [1, 2, 1, 1], { location: 'v.bin', length: '8' }),
      ],
    });
    const openSibling = async (location: string) => {
      opened.push(location);
      return memorySource(new Uint8Array(300), location);
    };
    const { program } = await open(bytes, { openSibling });
    expect(opened).toEqual(['data/w.bin', 'v.bin']);
    expect([...(await program(['y'], [8, 8])).files.keys()]).toEqual(['data/w.bin']);
    expect([...(await program(['z'], [8, 8])).files.keys()]).toEqual(['data/w.bin', 'v.bin']);
  });
});

describe('files that are not ONNX', () => {
  const explain = (bytes: Uint8Array | string, name = 'net.onnx') =>
    rejection(openOnnx(memorySource(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, name)));

  it.each([
    ['', 'the file is empty; get it again'],
    ['version https://git-lfs.github.com/spec/v1\n', 'a Git LFS pointer, not the file it stands for; run git lfs pull'],
    ['<!DOCTYPE html><p>', 'a web page, not a network; the download went to the wrong address'],
    ['\x18\0\0\0ORTM1234', "ONNX Runtime's own .ort format; give the .onnx file that it was made from"],
    ['\x1c\0\0\0TFL3....', 'a TensorFlow Lite network; convert it with python -m tf2onnx.convert --tflite'],
    [
      'P\0\0\0\0\0\0\0{"w":{}}',
      'a safetensors file, weights without a network; give it as --weights with a --model by name',
    ],
  ])('%j', async (text, what) => {
    expect(await explain(text)).toBe(`ModelError: net.onnx: ${what}`);
  });

  it('bytes of no format', async () => {
    expect(await explain('hello, world')).toMatch(
      /^ModelError: net.onnx: not a whole ONNX file: .*; it is damaged, get it again$/,
    );
    expect(await explain(new Message().int(1, 8).finish())).toBe(
      'ModelError: net.onnx: not an ONNX file, or only a part of one: it has no graph; give a .onnx file',
    );
    expect(await explain(new Message().message(7, new Message()).finish())).toBe(
      'ModelError: net.onnx: not an ONNX file, or only a part of one: it has no operator set; give a .onnx file',
    );
  });

  it('a state dict', async () => {
    const bytes = new Uint8Array(readFileSync(new URL('../../fixtures/onnx/state-dict.pt', import.meta.url)));
    expect(await explain(bytes, 'net.pt')).toBe(
      'ModelError: net.pt: weights without a network (a state dict); give it as --weights with a --model by name, or export the network to ONNX',
    );
  });

  it('TorchScript and whole modules, with the lines that export them', async () => {
    const script = new Uint8Array(readFileSync(new URL('../../fixtures/onnx/script.pt', import.meta.url)));
    expect(await explain(script, 'my nets/net.pt')).toBe(
      [
        'ModelError: my nets/net.pt: a TorchScript archive, which holds code; nothing in it is run here. Export it to ONNX in Python:',
        '  import torch',
        '  model = torch.jit.load("my nets/net.pt", map_location="cpu").eval()',
        '  torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), "net.onnx", dynamo=False)',
      ].join('\n'),
    );
    const whole = new Uint8Array(readFileSync(new URL('../../fixtures/onnx/module.pt', import.meta.url)));
    expect((await explain(whole, 'net.pt')).split('\n').slice(-3)).toEqual([
      '  import torch',
      '  model = torch.load("net.pt", map_location="cpu", weights_only=False).eval()',
      '  torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), "net.onnx")',
    ]);
    expect(await explain(whole, 'net.pt')).toContain('holds code');
  });
});

const SHARED = new URL('../../../../shared/testdata/models/squeezenet_dao_fp16.onnx', import.meta.url);

it.skipIf(!existsSync(SHARED))('the custom operators of squeezenet_dao_fp16 (needs ../shared/testdata)', async () => {
  const source = memorySource(new Uint8Array(readFileSync(SHARED)), 'dao.onnx');
  expect(await rejection(openOnnx(source))).toBe(
    "ModelError: dao.onnx: ONNX Runtime has no operator 'Debug' x 67; export the network with operators of ONNX alone",
  );
});
