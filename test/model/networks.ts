/** Facts from PyTorch, as scripts/fixtures/networks.py stored them. */

import { readFileSync } from 'node:fs';
import type { InputSpec } from '../../src/model/input-spec.js';
import type { AxisField } from '../../src/model/receptive-field.js';
import type { RawTensor, Tensor } from '../../src/tensor/tensor.js';

export interface NetworkFacts {
  readonly convolutions: readonly string[];
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly shapes: readonly {
    readonly size: readonly [height: number, width: number];
    /** By `layer tap`; `result` is the network's own. */
    readonly tensors: Readonly<Record<string, readonly number[]>>;
  }[];
  readonly smallest: number;
  readonly fields: Readonly<Record<string, readonly [AxisField, AxisField]>>;
}

interface Facts {
  readonly alexnet: NetworkFacts;
  readonly resnet18: NetworkFacts;
  readonly logits: Readonly<Record<'chelsea-96x96' | 'coffee-131x90', readonly number[]>>;
  readonly tiny: {
    readonly parameters: Readonly<Record<string, readonly number[]>>;
    readonly input: readonly number[];
    readonly result: readonly number[];
  };
  readonly pool: readonly {
    readonly shape: readonly number[];
    readonly size: number;
    readonly result: readonly number[];
  }[];
  readonly ranges: Readonly<
    Record<'all' | '1,99' | '12.5,60', Readonly<Record<'first' | 'second' | 'model', [lo: number, hi: number]>>>
  >;
}

export const FACTS: Facts = JSON.parse(
  readFileSync(new URL('../fixtures/activations/networks.json', import.meta.url), 'utf8'),
);

export const NETWORK_NAMES = ['alexnet', 'resnet18'] as const;

/** networks.py's formula: few bits, so that Python and JavaScript make the same float32 values. */
export function formula(shape: readonly number[], seed: number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: count }, (_, i) => (((i * 7919 + seed * 104729) % 1009) - 504) / 512);
  return { shape, data };
}

export function toRaw({ shape, data }: Tensor): RawTensor {
  return { dtype: 'float32', shape, bytes: new Uint8Array(data.buffer) };
}

/** What the graphs of these tests expect: any size, values as they are. */
export const IMAGE_INPUT: InputSpec = {
  name: 'input',
  layout: 'NCHW',
  dtype: 'float32',
  channels: 3,
  height: null,
  width: null,
  normalisation: { order: 'rgb', white: 1, mean: [0, 0, 0], std: [1, 1, 1], origin: 'assumed' },
};
