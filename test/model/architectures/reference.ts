/** What PyTorch says about torchvision's networks, as scripts/fixtures/architectures.py stored it. */
import { readFileSync } from 'node:fs';
import type { ArchitectureName } from '../../../src/model/architectures/architectures.js';
import type { Tensor } from '../../../src/tensor/tensor.js';
import { hash32 } from './formula.js';

interface Description {
  /** SHA-256 of the state dict's names and shapes, and of the convolutions' and normalisations' arguments. */
  readonly parameters: string;
  readonly modules: string;
  /** Elements of all parameters. */
  readonly count: number;
  readonly convolutions: number;
  /** Side of the smallest square image. */
  readonly smallest: number;
}

export interface NetworkReference {
  readonly gain: number;
  /** By path, the records at the taps conv, bn and act. */
  readonly layers: Readonly<Record<string, readonly [number, number, number]>>;
  readonly runs: readonly Run[];
  /** Of some convolutions, [stride, size, start] in input pixels per axis [y, x]. */
  readonly fields: Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
}

export interface Run {
  readonly size: readonly [height: number, width: number];
  /** Of record 0 in values.f32. */
  readonly offset: number;
  readonly logits: readonly number[];
}

interface Index {
  readonly architectures: Readonly<Record<string, Description>>;
  readonly networks: Readonly<Partial<Record<ArchitectureName, NetworkReference>>>;
}

const FOLDER = new URL('../../fixtures/architectures/', import.meta.url);
export const INDEX: Index = JSON.parse(readFileSync(new URL('index.json', FOLDER), 'utf8'));
const VALUES = new Float32Array(new Uint8Array(readFileSync(new URL('values.f32', FOLDER))).buffer);

const SAMPLES = 8;
/** Channels, height, width, minimum, maximum, mean, signed mean, and the samples. */
const RECORD_LENGTH = 7 + SAMPLES;

/** The shape and numbers that PyTorch's tensor has. */
export function storedRecord({ offset }: Run, number: number) {
  const start = offset + number * RECORD_LENGTH;
  const [channels, height, width, ...numbers] = VALUES.subarray(start, start + RECORD_LENGTH);
  return { shape: [1, channels, height, width], numbers };
}

/** The same numbers of our tensor; the signed mean takes every value with a sign of its own. */
export function recordOf({ data }: Tensor, number: number): number[] {
  let sum = 0;
  let signed = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    sum += value;
    signed += hash32(i, 1) & 1 ? -value : value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const samples = Array.from({ length: SAMPLES }, (_, k) => data[hash32(k + SAMPLES * number, 2) % data.length]!);
  return [min, max, sum / data.length, signed / data.length, ...samples];
}

/** The largest difference, relative to the largest magnitude of the whole tensor. */
export function relativeError(ours: readonly number[], theirs: readonly number[], magnitude: number): number {
  const differences = theirs.map((value, i) => Math.abs(value - ours[i]!) / magnitude);
  // A NaN must not pass for zero
  return differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...differences);
}
