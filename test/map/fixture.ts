/** Reads test/fixtures/map: see scripts/fixtures/map.py and colormaps.py for what is in there. */
import { readFileSync } from 'node:fs';

export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/map/${name}`, import.meta.url), 'utf8')) as T;
}

export function bytes(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

export function float32(base64: string): Float32Array {
  return new Float32Array(bytes(base64).buffer);
}

export function float64(base64: string): Float64Array {
  return new Float64Array(bytes(base64).buffer);
}
