import { describe, expect, it } from 'vitest';
import { ARCHITECTURES } from '../../src/model/architectures/architectures.js';
import { TAPS } from '../../src/model/layer.js';
import { layersOf } from '../../src/model/layers.js';
import { inferShapes } from '../../src/model/shapes.js';
import { FACTS, NETWORK_NAMES } from './networks.js';
import { message } from './refusal.js';

describe.each(NETWORK_NAMES)('%s', (name) => {
  const graph = ARCHITECTURES[name].build(1000);

  it.each(FACTS[name].shapes)("has PyTorch's shapes for $size", ({ size, tensors }) => {
    const shapes = inferShapes(graph, size);
    const found = layersOf(graph).flatMap((layer) =>
      TAPS.map((tap) => [`${layer.path} ${tap}`, shapes.get(layer.tensors[tap])]),
    );
    expect(Object.fromEntries([...found, ['result', shapes.get(graph.output)]])).toEqual(tensors);
  });

  it('accepts the images that PyTorch accepts', () => {
    const { smallest } = FACTS[name];
    expect(() => inferShapes(graph, [smallest, smallest])).not.toThrow();
    expect(() => inferShapes(graph, [smallest - 1, smallest])).toThrow();
    expect(() => inferShapes(graph, [smallest, smallest - 1])).toThrow();
  });
});

it('refuses an image that is too small, with the place where nothing is left', () => {
  expect(message(() => inferShapes(ARCHITECTURES.alexnet.build(1000), [62, 200]))).toBe(
    'InputError: an image of 200x62 is too small for this network: at features.12 (kernel 3x3) only 11x2 cells are left; use a larger --img-size',
  );
});
