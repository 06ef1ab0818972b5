import { expect, it } from 'vitest';
import { nearestNames } from '../src/nearest-names.js';

const NAMES = ['viridis', 'plasma', 'gray', 'magma', 'viridis_r'];

it('lists the names with the fewest edits first', () => {
  expect(nearestNames('virdis', NAMES, 2)).toEqual(['viridis', 'viridis_r']);
  expect(nearestNames('MAGMA', NAMES, 1)).toEqual(['magma']);
  // A replacement, an insertion and a removal are one edit each; ties keep their order.
  expect(nearestNames('grey', ['rgey', 'gre', 'greyy', 'gray'], 4)).toEqual(['gre', 'greyy', 'gray', 'rgey']);
});

it('is quick whatever is asked for', () => {
  // As far from all of them.
  expect(nearestNames('x'.repeat(1e6), NAMES)).toEqual(['viridis', 'plasma', 'gray']);
  expect(nearestNames('', NAMES, 1)).toEqual(['gray']);
  expect(nearestNames('gray', [])).toEqual([]);
});
