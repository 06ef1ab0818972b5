/** Networks of test/fixtures/onnx with PyTorch's values; see scripts/fixtures/onnx_networks.py. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memorySource } from '../../../src/bytes/source.js';
import type { Tap } from '../../../src/model/layer.js';
import { openOnnx } from '../../../src/model/open-onnx.js';
import type { Tensor } from '../../../src/tensor/tensor.js';

interface Place {
  readonly shape: readonly number[];
  readonly offset: number;
}

export interface Case {
  readonly input: readonly number[];
  readonly taps?: Readonly<Record<string, Readonly<Record<Tap, Place>>>>;
  readonly points?: Readonly<Record<string, Place>>;
  readonly logits?: Place | null;
  readonly pixels?: Place;
  /** By node name: what ONNX Runtime gives for the convolution. */
  readonly quantised?: Readonly<Record<string, { readonly conv: Place }>>;
}

export const FOLDER = fileURLToPath(new URL('../../fixtures/onnx/', import.meta.url));

export const CASES: Readonly<Record<string, Case>> = JSON.parse(readFileSync(`${FOLDER}index.json`, 'utf8'));

const VALUES = new Float32Array(new Uint8Array(readFileSync(`${FOLDER}values.f32`)).buffer);

export function expected({ shape, offset }: Place): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, data: VALUES.subarray(offset, offset + count) };
}

export function bytesOf(file: string): Uint8Array {
  return new Uint8Array(readFileSync(FOLDER + file));
}

export async function openFixture(name: string) {
  return openOnnx(memorySource(bytesOf(`${name}.onnx`), `${name}.onnx`), {
    openSibling: async (location) => memorySource(bytesOf(location), location),
  });
}

/** Largest difference, in units of the largest expected magnitude. */
export function relativeError(actual: Float32Array, { data }: Tensor): number {
  let error = 0;
  let largest = 0;
  for (const [i, value] of data.entries()) {
    error = Math.max(error, Math.abs(actual[i]! - value));
    largest = Math.max(largest, Math.abs(value));
  }
  return error / largest;
}
