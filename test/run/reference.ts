/** PyTorch's activations as scripts/fixtures/activations.py stored them, and how far ours are from them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { preprocess } from '../../src/image/preprocess.js';
import type { Tap } from '../../src/model/layer.js';
import type { Model } from '../../src/model/model.js';
import { IMAGENET_MEAN, IMAGENET_STD } from '../../src/model/open-architecture.js';
import { capture } from '../../src/run/capture.js';
import type { Runtime } from '../../src/run/runtime.js';
import type { Tensor } from '../../src/tensor/tensor.js';

export interface Reference {
  readonly network: string;
  readonly input: InputName;
  readonly layer: string;
  readonly tap: Tap;
  readonly shape: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of its numbers in values.f32: [filters, 3], the filter's mean and its values at two cells. */
  readonly offset: number;
}

const FOLDER = new URL('../fixtures/activations/', import.meta.url);
const INPUTS = { 'chelsea-96x96': [96, 96], 'coffee-131x90': [131, 90] } as const;
export type InputName = keyof typeof INPUTS;
export const INPUT_NAMES = Object.keys(INPUTS) as InputName[];

export const REFERENCES: readonly Reference[] = JSON.parse(readFileSync(new URL('index.json', FOLDER), 'utf8'));
const VALUES = new Float32Array(new Uint8Array(readFileSync(new URL('values.f32', FOLDER))).buffer);

/** [1, 3, height, width] */
export function inputTensor(name: InputName): Tensor {
  const [width, height] = INPUTS[name];
  const data = new Uint8Array(readFileSync(new URL(`${name}.rgb`, FOLDER)));
  return preprocess(
    { width, height, data },
    { mean: IMAGENET_MEAN, std: IMAGENET_STD, size: { kind: 'exact', width, height } },
  ).tensor;
}

/** The largest difference of any stored number, relative to the largest magnitude in PyTorch's whole tensor. */
export function relativeError({ min, max, mean, offset }: Reference, { shape, data }: Tensor): number {
  const [, filters = 0, height = 0, width = 0] = shape;
  const cells = height * width;
  let difference = 0;
  const compare = (ours: number, theirs: number) => {
    // Not Math.max alone: a NaN must not pass for zero.
    difference = Math.max(difference, Number.isNaN(ours - theirs) ? Number.POSITIVE_INFINITY : Math.abs(ours - theirs));
  };
  const means = Array.from({ length: filters }, (_, filter) =>
    meanOf(data.subarray(filter * cells, (filter + 1) * cells)),
  );
  for (const [filter, ours] of means.entries()) {
    const [theirMean, first, second] = VALUES.subarray(offset + 3 * filter, offset + 3 * filter + 3);
    compare(ours, theirMean!);
    compare(data[filter * cells + ((7 * filter) % cells)]!, first!);
    compare(data[filter * cells + ((7 * filter + 131) % cells)]!, second!);
  }
  compare(
    data.reduce((a, b) => Math.min(a, b)),
    min,
  );
  compare(
    data.reduce((a, b) => Math.max(a, b)),
    max,
  );
  compare(meanOf(Float32Array.from(means)), mean);
  const magnitude = Math.max(Math.abs(min), Math.abs(max));
  return difference === 0 ? 0 : difference / magnitude;
}

/** A tensor's shape and every bit of its values, in a form that compares fast. */
export function fingerprint({ shape, data }: Tensor): string {
  return `${shape.join('x')} ${createHash('sha256').update(data).digest('hex')}`;
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface Comparison {
  readonly layer: string;
  readonly tap: Tap;
  readonly error: number;
}

/** Every stored tensor of one network and input against what `capture` yields. */
export async function compareWithPytorch(
  model: Model,
  runtime: Runtime,
  network: string,
  input: InputName,
): Promise<{ comparisons: Comparison[]; shapes: Map<string, readonly number[]> }> {
  const references = REFERENCES.filter((reference) => reference.network === network && reference.input === input);
  const comparisons: Comparison[] = [];
  const shapes = new Map<string, readonly number[]>();
  for (const tap of ['conv', 'bn', 'act'] as const) {
    const wanted = new Map(references.filter((reference) => reference.tap === tap).map((it) => [it.layer, it]));
    const layers = model.layers.filter(({ path }) => wanted.has(path));
    for await (const { layer, tensor } of capture(model, inputTensor(input), { runtime, layers, tap })) {
      shapes.set(`${layer.path} ${tap}`, tensor.shape);
      comparisons.push({ layer: layer.path, tap, error: relativeError(wanted.get(layer.path)!, tensor) });
    }
  }
  return { comparisons, shapes };
}
