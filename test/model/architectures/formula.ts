/** Weights and images that nobody has to store: fill() of scripts/fixtures/architectures.py, bit for bit. */

/** MurmurHash3's finaliser of (number * constant) xor seed, as an unsigned 32-bit integer. */
export function hash32(number: number, seed: number): number {
  let h = Math.imul(number, 0x9e3779b1) ^ seed;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function fnv1a(name: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

/** Values of low + (high - low) * u, with u in 0..1 from the 24 high bits of the hash of (name, index). */
export function fill(target: Float32Array, name: string, [low, high]: readonly [number, number]): Float32Array {
  const seed = fnv1a(name);
  for (let i = 0; i < target.length; i++) target[i] = low + (high - low) * ((hash32(i, seed) >>> 8) / 2 ** 24);
  return target;
}

/** The range of a parameter's values; `gain` is the variance of a layer's weights times its inputs. */
export function bounds(name: string, shape: readonly number[], gain: number): readonly [number, number] {
  const vector = shape.length === 1;
  if (/running_var$|layer_scale$/.test(name) || (vector && name.endsWith('weight'))) return [0.5, 1.5];
  if (vector) return [-0.25, 0.25];
  const spread = Math.sqrt((gain * 3) / shape.slice(1).reduce((product, size) => product * size, 1));
  return [-spread, spread];
}
