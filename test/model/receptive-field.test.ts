import { describe, expect, it } from 'vitest';
import { ARCHITECTURES } from '../../src/model/architectures/architectures.js';
import { Network } from '../../src/model/architectures/network.js';
import { layersOf } from '../../src/model/layers.js';
import { receptiveFields } from '../../src/model/receptive-field.js';
import { FACTS, NETWORK_NAMES } from './networks.js';

describe.each(NETWORK_NAMES)('%s', (name) => {
  it("sees the pixels that PyTorch's gradients reach, from every convolution", () => {
    const graph = ARCHITECTURES[name].build(1000);
    const fields = receptiveFields(graph);
    const found = layersOf(graph).flatMap(({ path, tensors }) => [
      [`${path} conv`, fields.get(tensors.conv)],
      [`${path} act`, fields.get(tensors.act)],
    ]);
    expect(Object.fromEntries(found)).toEqual(FACTS[name].fields);
  });

  it('says nothing of tensors that see the whole image', () => {
    const graph = ARCHITECTURES[name].build(1000);
    expect(receptiveFields(graph).has(graph.output)).toBe(false);
  });
});

it('takes the hull of branches that see different pixels, and counts dilation', () => {
  const net = new Network();
  const wide = net.conv('wide', net.input, { out: 3, kernel: 3, padding: 4, dilation: 4 });
  const shifted = net.conv('shifted', net.input, { out: 3, kernel: 3 });
  const fields = receptiveFields(net.graph(net.sum('sum', wide, shifted)));
  expect(fields.get('wide')![0]).toEqual({ stride: 1, size: 9, start: -4 });
  expect(fields.get('shifted')![0]).toEqual({ stride: 1, size: 3, start: 0 });
  expect(fields.get('sum')![1]).toEqual({ stride: 1, size: 9, start: -4 });
  const apart = net.conv('apart', shifted, { out: 3, kernel: 9 });
  const both = net.sum('both', wide, apart);
  expect(receptiveFields(net.graph(both)).get('both')![0]).toEqual({ stride: 1, size: 15, start: -4 });
});
