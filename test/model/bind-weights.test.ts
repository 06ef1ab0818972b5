import { describe, expect, it } from 'vitest';
import { memorySource } from '../../src/bytes/source.js';
import { ARCHITECTURES } from '../../src/model/architectures/architectures.js';
import { checkWeights, differences } from '../../src/model/bind-weights.js';
import type { StateDict, StateDictEntry } from '../../src/model/state-dict.js';
import type { DType } from '../../src/tensor/tensor.js';
import { FACTS } from './networks.js';
import { message } from './refusal.js';

const ALEXNET = ARCHITECTURES.alexnet.build(1000);
const NONE = { unexpected: [] };

type Change = { dtype?: DType; shape?: readonly number[] } | null;

/** torchvision's state dict with entries changed, added or (null) removed. */
function stateDict(name: 'alexnet' | 'resnet18', changes: Record<string, Change> = {}): StateDict {
  const entries = new Map<string, StateDictEntry>();
  for (const [key, shape] of Object.entries(FACTS[name].parameters)) {
    entries.set(key, { dtype: key.endsWith('tracked') ? 'int64' : 'float32', shape, strides: [], byteOffset: 0 });
  }
  for (const [key, change] of Object.entries(changes)) {
    const before = entries.get(key) ?? { dtype: 'float32', shape: [], strides: [], byteOffset: 0 };
    if (change) entries.set(key, { ...before, ...change });
    else entries.delete(key);
  }
  return { format: 'torch zip', source: memorySource(new Uint8Array(0), 'weights.pth'), entries };
}

describe('accepts', () => {
  it("torchvision's own state dicts, batch norm's counters included", () => {
    expect(differences(ALEXNET, stateDict('alexnet'), NONE)).toEqual([]);
    expect(differences(ARCHITECTURES.resnet18.build(1000), stateDict('resnet18'), NONE)).toEqual([]);
  });

  it.each(['float16', 'bfloat16', 'float64'] as const)('%s', (dtype) => {
    expect(differences(ALEXNET, stateDict('alexnet', { 'features.3.weight': { dtype } }), NONE)).toEqual([]);
  });

  it('a classifier that is absent as a whole', () => {
    const head = [1, 4, 6].flatMap((i) => [`classifier.${i}.weight`, `classifier.${i}.bias`]);
    const dict = stateDict('alexnet', Object.fromEntries(head.map((key) => [key, null])));
    expect(differences(ALEXNET, dict, NONE)).toEqual([]);
  });

  it('modules that evaluation does not run, there or absent as a whole, whether or not the classifier is', () => {
    const graph = ARCHITECTURES.googlenet.build(1000);
    const all = [...graph.parameters.keys()];
    const auxiliary = all.filter((key) => /^aux[12]\./.test(key));
    expect(auxiliary).toHaveLength(18);
    const without = (keys: readonly string[]) => {
      const entries = new Map(
        [...graph.parameters]
          .filter(([key]) => !keys.includes(key))
          .map(([key, shape]) => [key, { dtype: 'float32' as const, shape, strides: [], byteOffset: 0 }]),
      );
      return differences(graph, { ...stateDict('alexnet'), entries }, NONE);
    };
    const classifier = ['fc.weight', 'fc.bias'];
    expect(without([])).toEqual([]);
    expect(without(auxiliary)).toEqual([]);
    expect(without(classifier)).toEqual([]);
    expect(without([...auxiliary, ...classifier])).toEqual([]);
    expect(without(['aux2.fc2.bias'])).toEqual(['missing aux2.fc2.bias']);
    expect(without(['fc.bias', ...auxiliary])).toEqual(['missing fc.bias']);
  });

  it('what is declared beyond the architecture', () => {
    const dict = stateDict('alexnet', { 'head.weight': {} });
    expect(differences(ALEXNET, dict, { unexpected: ['head.weight'] })).toEqual([]);
    expect(differences(ALEXNET, dict, NONE)).toEqual(['unexpected head.weight']);
  });
});

describe('refuses', () => {
  it.each<[string, Record<string, Change>, string]>([
    ['a parameter that is missing', { 'features.10.bias': null }, 'missing features.10.bias'],
    ['a classifier that is half there', { 'classifier.6.weight': null }, 'missing classifier.6.weight'],
    ['a parameter too many', { 'features.1.weight': {} }, 'unexpected features.1.weight'],
    [
      'a counter of no batch norm',
      { 'features.1.num_batches_tracked': {} },
      'unexpected features.1.num_batches_tracked',
    ],
    [
      'a parameter of another shape',
      { 'features.0.weight': { shape: [96, 3, 11, 11] } },
      'misshapen features.0.weight is [96, 3, 11, 11], expected [64, 3, 11, 11]',
    ],
    [
      'a parameter of another rank with as many values',
      { 'features.0.bias': { shape: [64, 1] } },
      'misshapen features.0.bias is [64, 1], expected [64]',
    ],
    [
      'integers',
      { 'features.0.bias': { dtype: 'int8' } },
      'misshapen features.0.bias is int8, expected floating point',
    ],
  ])('%s', (_, changes, difference) => {
    expect(differences(ALEXNET, stateDict('alexnet', changes), NONE)).toEqual([difference]);
  });

  it('listing at most six of a kind, and all kinds', () => {
    const resnet = ARCHITECTURES.resnet18.build(1000);
    expect(differences(resnet, stateDict('alexnet'), NONE)).toEqual([
      'missing conv1.weight, bn1.weight, bn1.bias, bn1.running_mean, bn1.running_var, layer1.0.conv1.weight, and 94 more',
      'unexpected features.0.weight, features.0.bias, features.3.weight, features.3.bias, features.6.weight, features.6.bias, and 10 more',
    ]);
  });

  it('in one message that names the architecture that would fit', () => {
    const dict = stateDict('resnet18', { 'fc.bias': null });
    const check = (fits: string[]) =>
      message(() => checkWeights(ARCHITECTURES.resnet18.build(1000), dict, NONE, 'resnet18', () => fits));
    expect(check([])).toBe(
      'ModelError: weights.pth: not the weights of resnet18: missing fc.bias. give weights of this architecture (--model, --weights)',
    );
    expect(check(['alexnet'])).toBe(
      'ModelError: weights.pth: not the weights of resnet18: missing fc.bias. these are weights of alexnet (--model, --weights)',
    );
  });
});
