import { describe, expect, it } from 'vitest';
import { CONV, model, type NodeParts, open, tensor, value } from './build-onnx.js';
import { openFixture } from './fixtures.js';

/** Where the first convolution's output `y` is tapped when these nodes follow it. */
async function taps(nodes: readonly NodeParts[], weights = {}) {
  const constants = [tensor('scalar', [], 1, new Uint8Array(4))];
  const { layers } = await open(
    model({ nodes: [CONV, ...nodes], weights: { w: [2, 3, 3, 3], ...weights }, tensors: constants, outputs: [] }),
  );
  return layers[0]!.tensors;
}

const step = (op: string, inputs: string[], output: string): NodeParts => ({ op, inputs, outputs: [output] });

describe('the activation', () => {
  it.each<[string, NodeParts[]]>([
    ['Relu', [step('Relu', ['y'], 'a')]],
    ['Clip', [step('Clip', ['y', 'scalar', 'scalar'], 'a')]],
    ['SiLU', [step('Sigmoid', ['y'], 's'), step('Mul', ['s', 'y'], 'a')]],
    ['hard swish by its sigmoid', [step('HardSigmoid', ['y'], 's'), step('Mul', ['y', 's'], 'a')]],
    [
      'hard swish by ReLU6',
      [
        step('Add', ['y', 'scalar'], 'b'),
        step('Clip', ['b'], 'c'),
        step('Mul', ['y', 'c'], 'm'),
        step('Div', ['m', 'scalar'], 'a'),
      ],
    ],
    [
      'hard swish, divided first',
      [
        step('Add', ['y', 'scalar'], 'b'),
        step('Clip', ['b'], 'c'),
        step('Div', ['c', 'scalar'], 'd'),
        step('Mul', ['y', 'd'], 'a'),
      ],
    ],
    ['Mish', [step('Softplus', ['y'], 's'), step('Tanh', ['s'], 't'), step('Mul', ['y', 't'], 'a')]],
    [
      'GELU',
      [
        step('Div', ['y', 'scalar'], 'd'),
        step('Erf', ['d'], 'e'),
        step('Add', ['e', 'scalar'], 'p'),
        step('Mul', ['y', 'p'], 'm'),
        step('Mul', ['m', 'scalar'], 'a'),
      ],
    ],
    ['none', []],
    ['a sigmoid that gates another tensor', [step('Sigmoid', ['y'], 'a'), step('Mul', ['a', 'image'], 'z')]],
  ])('%s', async (name, nodes) => {
    expect(await taps(nodes)).toEqual({ conv: 'y', bn: 'y', act: name === 'none' ? 'y' : 'a' });
  });

  it('after an addition of two tensors, but not of a constant', async () => {
    expect(await taps([step('Add', ['y', 'image'], 's'), step('Relu', ['s'], 'a')])).toMatchObject({
      conv: 'y',
      act: 'a',
    });
    expect(await taps([step('Add', ['y', 'scalar'], 's'), step('Relu', ['s'], 'a')])).toMatchObject({
      conv: 'y',
      act: 'y',
    });
    expect(await taps([step('Add', ['y', 'image'], 's')])).toMatchObject({ act: 'y' });
  });

  it('after a batch norm, over casts and quantisation', async () => {
    const nodes = [
      step('Cast', ['y'], 'c'),
      step('BatchNormalization', ['c', 'p', 'p', 'p', 'p'], 'b'),
      step('QuantizeLinear', ['b', 'scalar'], 'q'),
      step('DequantizeLinear', ['q', 'scalar'], 'd'),
      step('Relu', ['d'], 'a'),
    ];
    expect(await taps(nodes, { p: [2] })).toEqual({ conv: 'y', bn: 'b', act: 'a' });
  });
});

it('counts a bias of its own to the convolution', async () => {
  const nodes = [step('Add', ['y', 'bias'], 'b'), step('Relu', ['b'], 'a')];
  expect(await taps(nodes, { bias: [2, 1, 1] })).toEqual({ conv: 'b', bn: 'b', act: 'a' });
});

it('says what fold and quantisation did', async () => {
  expect((await openFixture('legacy-13-bn')).notes).toEqual([]);
  expect((await openFixture('legacy-17')).notes).toEqual([
    'The graph has no batch norm: where the network was trained with some, they were folded into the convolutions at export, so bn = conv.',
  ]);
  expect((await openFixture('qoperator')).notes[1]).toBe(
    'The network is quantised: values are integers times a scale, and a convolution may include the ReLU that follows it.',
  );
  expect((await openFixture('half')).notes[1]).toBe(
    'The network computes in half precision; its values are shown as they are.',
  );
});

it('lists what can be tapped: no shapes, indices and masks, nothing that is the same for every image', async () => {
  const nodes: NodeParts[] = [
    CONV,
    step('Shape', ['y'], 'shape'),
    step('Cast', ['shape'], 'size'),
    { op: 'MaxPool', inputs: ['y'], outputs: ['pooled', 'indices'], ints: { kernel_shape: [2, 3], strides: [2, 1] } },
    step('Neg', ['w'], 'same'),
    step('Greater', ['y', 'pooled'], 'mask'),
    step('Flatten', ['pooled'], 'flat'),
    { op: 'Split', inputs: ['y'], outputs: ['left', 'right'] },
  ];
  const { layers } = await open(model({ nodes, outputs: [] }));
  expect(layers.map(({ op, path, kernel, stride, tensors }) => [op, path, kernel, stride, tensors.conv])).toEqual([
    ['Conv', 'conv', [3, 3], [1, 1], 'y'],
    ['MaxPool', 'MaxPool_0', [2, 3], [2, 1], 'pooled'],
    ['Split', 'Split_0', [], [], 'left'],
    ['Split', 'Split_1', [], [], 'right'],
  ]);
});

describe('receptive fields', () => {
  it('follow the kernels, and end where an operator is not known here', async () => {
    const nodes: NodeParts[] = [
      { ...CONV, ints: { pads: [1, 2, 1, 2], strides: [2, 1], dilations: [1, 2] } },
      { op: 'MaxPool', inputs: ['y'], outputs: ['p'], ints: { kernel_shape: [2, 3], strides: [2, 2] } },
      { op: 'Transpose', inputs: ['p'], outputs: ['t'], ints: { perm: [0, 1, 3, 2] } },
      step('Relu', ['t'], 'r'),
    ];
    const { receptiveFields: fields } = await open(model({ nodes, outputs: [] }));
    expect([...fields]).toEqual([
      [
        'y',
        [
          { stride: 2, size: 3, start: -1 },
          { stride: 1, size: 5, start: -2 },
        ],
      ],
      [
        'p',
        [
          { stride: 4, size: 5, start: -1 },
          { stride: 2, size: 7, start: -2 },
        ],
      ],
    ]);
  });

  it('are not told where padding depends on the size, and are where it does not', async () => {
    const same = (strides: number[]) =>
      open(model({ nodes: [{ ...CONV, ints: { strides }, text: { auto_pad: 'SAME_UPPER' } }] }));
    expect((await same([2, 2])).receptiveFields.get('y')).toBeUndefined();
    expect((await same([1, 1])).receptiveFields.get('y')).toEqual([
      { stride: 1, size: 3, start: -1 },
      { stride: 1, size: 3, start: -1 },
    ]);
  });
});

describe('the classifier', () => {
  it.each<[string, (number | string)[], string[], object | null]>([
    ['logits', ['n', 10], [], { tensor: 'y', classes: 10, kind: 'logits' }],
    [
      'probabilities of a fully convolutional network',
      [1, 1000, 1, 1],
      ['Softmax', 'Flatten'],
      { tensor: 's1', classes: 1000, kind: 'probabilities' },
    ],
    ['no classes but maps', [1, 10, 4, 4], [], null],
    ['a single number', [1, 1], [], null],
    ['an open number', [1, 'classes'], [], null],
    ['detections', [1, 100, 6], [], null],
  ])('%s', async (_, dims, ops, classifier) => {
    const nodes = [CONV, ...ops.map((op, index) => step(op, [index === 0 ? 'y' : `s${index - 1}`], `s${index}`))];
    const outputs = [value(ops.length > 0 ? `s${ops.length - 1}` : 'y', dims)];
    expect((await open(model({ nodes, outputs }))).classifier).toEqual(classifier);
  });
});
