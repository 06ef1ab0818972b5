/**
 * The WebAssembly of `assembly/`: loops over a map's values, several at a time as vectors, which JavaScript has not. One instance a
 * thread, made when first needed.
 */
import { instantiate } from '../bytes/web-assembly.js';
import { MAP_ASSEMBLY } from './map-assembly.js';

interface Assembly {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly CHUNK: Variable;
  /** Offsets in memory. */
  readonly values: Variable;
  readonly indices: Variable;
  /** Results of `scan`. */
  readonly minimum: Variable;
  readonly maximum: Variable;
  readonly sum: Variable;
  readonly zeros: Variable;
  scan(count: number): void;
  squaresAbout(mean: number, count: number): number;
  setIndices(
    count: number,
    isDouble: boolean,
    isByte: boolean,
    lo: number,
    span: number,
    entries: number,
    nanIndex: number,
  ): number;
}

interface Variable {
  readonly value: number;
}

export interface Kernels extends Omit<Assembly, 'memory' | 'CHUNK' | 'values' | 'indices'> {
  /** How many values fit. */
  readonly chunk: number;
  /** What the functions read and write, at the same place in memory. */
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
  readonly byteIndices: Uint8Array;
  readonly wordIndices: Uint16Array;
}

let kernels: Kernels | undefined;

export function openKernels(): Kernels {
  if (kernels) return kernels;
  const assembly = instantiate<Assembly>(MAP_ASSEMBLY);
  const { buffer } = assembly.memory;
  const chunk = assembly.CHUNK.value;
  const [values, indices] = [assembly.values.value, assembly.indices.value];
  kernels = {
    ...assembly,
    chunk,
    floats: new Float32Array(buffer, values, chunk),
    doubles: new Float64Array(buffer, values, chunk),
    byteIndices: new Uint8Array(buffer, indices, chunk),
    wordIndices: new Uint16Array(buffer, indices, chunk),
  };
  return kernels;
}
