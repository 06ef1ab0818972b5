/** Maps to practise on: a thread's first real ones are drawn by code that V8 has compiled already. */
import type { DrawJob } from '../write/draw-frames.js';

/** Sides of the maps, small ones first: a loop that is compiled before its function ever ended is compiled for nothing. */
const SIDES = [3, 3, 3, 3, 3, 3, 3, 3, 19, 19, 19];

/** Noise in the place of activations, in the usual style. */
export function* practiceJobs(): Generator<DrawJob> {
  const style = { frameWidth: 400, frameHeight: 400, colormap: 'viridis', smooth: false, legend: false };
  for (const side of SIDES) {
    const values = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i * i));
    const shape = { filters: 1, slices: 1, height: side, width: side };
    const map = { values, count: 1, firstMap: 0, shape, layer: '', tap: 'conv' };
    yield { ...map, range: null, ownRange: { percentile: null, symmetric: false }, style };
  }
}
