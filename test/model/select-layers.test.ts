import { expect, it } from 'vitest';
import { ARCHITECTURES } from '../../src/model/architectures/architectures.js';
import { layersOf } from '../../src/model/layers.js';
import { chooseLayers, type LayerChoice, selectLayers } from '../../src/model/select-layers.js';
import { message } from './refusal.js';

const RESNET = layersOf(ARCHITECTURES.resnet18.build(1000));
const ALEXNET = layersOf(ARCHITECTURES.alexnet.build(1000));

function select(...patterns: string[]): string[] {
  return selectLayers(RESNET, patterns).map(({ path }) => path);
}

it('takes a path, and only that', () => {
  expect(select('layer3.1.conv2')).toEqual(['layer3.1.conv2']);
  // The dot is a dot, and the whole path counts.
  expect(message(() => select('conv'))).toContain('no such layer');
  expect(message(() => select('layer3a1.conv2'))).toContain('no such layer');
  expect(message(() => select('1.conv2'))).toContain('no such layer');
});

it('keeps a star within one part of the path', () => {
  expect(select('layer1.*.conv2')).toEqual(['layer1.0.conv2', 'layer1.1.conv2']);
  expect(select('layer*.0.conv1')).toEqual(['layer1.0.conv1', 'layer2.0.conv1', 'layer3.0.conv1', 'layer4.0.conv1']);
  expect(select('*1')).toEqual(['conv1', 'layer1.0.conv1', 'layer1.0.conv2', 'layer1.1.conv1', 'layer1.1.conv2']);
});

it('takes two stars over any number of parts', () => {
  expect(select('**.downsample.0')).toEqual([
    'layer2.0.downsample.0',
    'layer3.0.downsample.0',
    'layer4.0.downsample.0',
  ]);
  expect(select('**.1.conv1').length).toBe(4);
  expect(select('**')).toEqual(RESNET.map(({ path }) => path));
  expect(select('**conv2').length).toBe(8);
});

it('takes a module for the layers inside it', () => {
  expect(select('layer2.0')).toEqual(['layer2.0.conv1', 'layer2.0.conv2', 'layer2.0.downsample.0']);
  expect(selectLayers(ALEXNET, ['features.*']).length).toBe(5);
  expect(selectLayers(ALEXNET, ['features']).length).toBe(5);
  expect(selectLayers(ALEXNET, ['features.1*']).map(({ path }) => path)).toEqual(['features.10']);
});

it('lists each layer once, in execution order, whatever the order of the patterns', () => {
  expect(select('layer4.1.conv2', 'conv1', 'layer4.1')).toEqual(['conv1', 'layer4.1.conv1', 'layer4.1.conv2']);
});

it('refuses a pattern that matches nothing, and offers the nearest names', () => {
  expect(message(() => select('conv1', 'layer1.0.cnv2'))).toBe(
    'UsageError: --layers layer1.0.cnv2: no such layer; the nearest are layer1.0.conv2, layer1.0.conv1, layer1.1.conv2 (see `featurescope layers`)',
  );
  expect(message(() => selectLayers(ALEXNET, ['Features.1']))).toBe(
    'UsageError: --layers Features.1: no such layer; the nearest are features.0, features.3, features.6 (see `featurescope layers`)',
  );
  expect(message(() => select(''))).toContain('--layers : no such layer');
});

it('reads no regular expression into a pattern', () => {
  for (const pattern of ['conv[1]', 'conv.', '(conv1', 'conv1|bn1', 'conv\\d', '^conv1$', 'con+v1', 'conv1?']) {
    expect(message(() => select(pattern))).toContain('no such layer');
  }
});

it('looks among the operators asked for only, without any among the convolutions first', () => {
  const layer = (path: string, op: string) => ({ ...RESNET[0]!, path, op });
  const layers = [layer('stem.conv', 'Conv'), layer('stem.relu', 'Relu'), layer('head.pool', 'MaxPool')];
  const choose = (choice: LayerChoice) => chooseLayers(layers, choice).map(({ path }) => path);
  expect(choose({})).toEqual(['stem.conv']);
  expect(choose({ layers: ['stem'] })).toEqual(['stem.conv']);
  expect(choose({ layers: ['head'] })).toEqual(['head.pool']);
  expect(choose({ layers: ['stem'], types: ['Relu', 'MaxPool'] })).toEqual(['stem.relu']);
  expect(message(() => choose({ layers: ['stem.conv'], types: ['Relu', 'MaxPool'] }))).toBe(
    'UsageError: --layers stem.conv: no such layer among those of --type Relu,MaxPool; the nearest are stem.relu, head.pool (see `featurescope layers`)',
  );
});
