import { expect, it } from 'vitest';
import { memorySource } from '../../src/bytes/source.js';
import { ARCHITECTURES, type ArchitectureName } from '../../src/model/architectures/architectures.js';
import { differences } from '../../src/model/bind-weights.js';
import { fitNames } from '../../src/model/fit-names.js';
import type { StateDict, StateDictEntry } from '../../src/model/state-dict.js';

const NONE = { unexpected: [] };

/** A checkpoint of an architecture with five classes, each name changed. */
function checkpoint(name: ArchitectureName, change: (parameter: string) => string): StateDict {
  const entries = new Map<string, StateDictEntry>();
  for (const [parameter, shape] of ARCHITECTURES[name].build(5).parameters) {
    entries.set(change(parameter), { dtype: 'float32', shape, strides: [], byteOffset: 0 });
  }
  return { format: 'torch zip', source: memorySource(new Uint8Array(0), 'weights.pth'), entries };
}

/** The prefix taken off, what still differs, and the classes. */
function fitted(name: ArchitectureName, dict: StateDict) {
  const result = fitNames(ARCHITECTURES[name], dict, NONE);
  const classes = result.graph.parameters.get(ARCHITECTURES[name].classesFrom)?.[0];
  return { prefix: result.prefix, differences: differences(result.graph, result.dict, NONE), classes };
}

it("leaves torchvision's names alone", () => {
  const dict = checkpoint('resnet18', (name) => name);
  expect(fitted('resnet18', dict)).toEqual({ prefix: '', differences: [], classes: 5 });
});

it.each(['model.', 'backbone.', 'module.timm_model.'])('takes %s off every name', (prefix) => {
  const dict = checkpoint('resnet18', (name) => prefix + name);
  expect(fitted('resnet18', dict)).toEqual({ prefix, differences: [], classes: 5 });
});

it('takes no prefix off that not every name has', () => {
  const dict = checkpoint('resnet18', (name) => (name.startsWith('fc') ? name : `backbone.${name}`));
  const { prefix, differences } = fitted('resnet18', dict);
  expect(prefix).toBe('');
  expect(differences).toHaveLength(2);
});

it('takes no prefix off where that would not make everything fit', () => {
  const dict = checkpoint('resnet18', (name) => `model.${name.replace('bn1', 'norm1')}`);
  expect(fitted('resnet18', dict).prefix).toBe('');
});

it('takes the features of a network without its classifier as they are, though all names begin alike', () => {
  const { entries, ...rest } = checkpoint('alexnet', (name) => name);
  const features = new Map([...entries].filter(([name]) => name.startsWith('features.')));
  expect(fitted('alexnet', { ...rest, entries: features })).toMatchObject({ prefix: '', differences: [] });
});

it('looks no deeper than four parts', () => {
  const dict = checkpoint('resnet18', (name) => `a.b.c.d.${name}`);
  expect(fitted('resnet18', dict)).toMatchObject({ prefix: 'a.b.c.d.', differences: [] });
  const deeper = checkpoint('resnet18', (name) => `a.b.c.d.e.${name}`);
  expect(fitted('resnet18', deeper).prefix).toBe('');
});

it("knows DenseNet's names from when a module's name could hold a dot", () => {
  const old = (name: string) => name.replace(/(denselayer\d+\.(?:norm|conv))(\d)/, '$1.$2');
  expect(old('features.denseblock1.denselayer12.norm1.running_var')).toBe(
    'features.denseblock1.denselayer12.norm.1.running_var',
  );
  expect(fitted('densenet121', checkpoint('densenet121', old))).toEqual({ prefix: '', differences: [], classes: 5 });
  expect(
    fitted(
      'densenet121',
      checkpoint('densenet121', (name) => `model.${old(name)}`),
    ).prefix,
  ).toBe('model.');
});

it('takes two names for one for what they are', () => {
  const dict = checkpoint('densenet121', (name) => name);
  const entries = new Map(dict.entries);
  const name = 'features.denseblock1.denselayer1.norm1.weight';
  entries.set(name.replace('norm1', 'norm.1'), entries.get(name)!);
  expect(fitted('densenet121', { ...dict, entries }).differences).toEqual([
    'unexpected features.denseblock1.denselayer1.norm.1.weight',
  ]);
});
