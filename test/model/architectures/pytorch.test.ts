/** The smallest network of each kind against PyTorch: every convolution at every tap, and the logits, with weights from a formula. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ARCHITECTURES, type ArchitectureName } from '../../../src/model/architectures/architectures.js';
import type { Graph } from '../../../src/model/graph.js';
import { TAPS } from '../../../src/model/layer.js';
import { layersOf } from '../../../src/model/layers.js';
import { type ExternalTensor, encodeGraph } from '../../../src/model/onnx/encode-graph.js';
import { lowerGraph } from '../../../src/model/onnx/lower.js';
import { receptiveFields } from '../../../src/model/receptive-field.js';
import { inferShapes, type Shape } from '../../../src/model/shapes.js';
import { elementCount, type Tensor } from '../../../src/tensor/tensor.js';
import { bounds, fill } from './formula.js';
import { INDEX, type Run, recordOf, relativeError, storedRecord } from './reference.js';

/** Of a layer's largest magnitude; and what is really measured, with room for another processor's rounding. */
const PROMISED = 1e-4;
const MEASURED = 2e-5;

const CLASSES = 10;

/** All parameters that evaluation needs, in one file's bytes. */
function makeWeights(graph: Graph, gain: number) {
  const needed = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const parameters = [...graph.parameters].filter(([name]) => needed.has(name));
  const bytes = new Uint8Array(parameters.reduce((sum, [, shape]) => sum + 4 * elementCount(shape), 0));
  const tensors = new Map<string, ExternalTensor>();
  let byteOffset = 0;
  for (const [name, shape] of parameters) {
    const count = elementCount(shape);
    fill(new Float32Array(bytes.buffer, byteOffset, count), name, bounds(name, shape, gain));
    tensors.set(name, { dtype: 'float32', shape, location: 'weights', byteOffset, byteLength: 4 * count });
    byteOffset += 4 * count;
  }
  return { bytes, tensors };
}

async function run(
  graph: Graph,
  weights: ReturnType<typeof makeWeights>,
  shapes: ReadonlyMap<string, Shape>,
  outputs: readonly string[],
): Promise<Map<string, Tensor>> {
  const model = encodeGraph(lowerGraph(graph, shapes), outputs, weights.tensors, shapes);
  const session = await InferenceSession.create(model, {
    externalData: [{ path: 'weights', data: weights.bytes }],
    graphOptimizationLevel: 'basic',
  });
  const shape = shapes.get('input')!;
  const image = fill(new Float32Array(elementCount(shape)), 'image', [-2, 2]);
  const results = await session.run({ input: new OrtTensor('float32', image, shape) });
  await session.release();
  return new Map(
    Object.entries(results).map(([name, { dims, data }]) => [name, { shape: dims, data: data as Float32Array }]),
  );
}

/** The tensor that each record is of, by our reading of the graph; two readings of one record are an error. */
function tensorsByRecord(graph: Graph, name: ArchitectureName): Map<number, string> {
  const { layers } = INDEX.networks[name]!;
  const found = layersOf(graph);
  expect(found.map(({ path }) => path)).toEqual(Object.keys(layers));
  const tensors = new Map<number, string>();
  for (const { path, tensors: ours } of found) {
    for (const [i, tap] of TAPS.entries()) {
      const record = layers[path]![i]!;
      expect(tensors.get(record) ?? ours[tap], `${path} ${tap}`).toBe(ours[tap]);
      tensors.set(record, ours[tap]);
    }
  }
  expect(new Set(tensors.values()).size).toBe(tensors.size);
  return tensors;
}

async function compare(
  graph: Graph,
  weights: ReturnType<typeof makeWeights>,
  tensors: ReadonlyMap<number, string>,
  reference: Run,
) {
  const shapes = inferShapes(graph, reference.size);
  const results = await run(graph, weights, shapes, [...tensors.values(), graph.output]);
  const errors: [name: string, error: number][] = [];
  for (const [record, name] of tensors) {
    const { shape, numbers } = storedRecord(reference, record);
    expect(results.get(name)!.shape, name).toEqual(shape);
    expect(shapes.get(name), name).toEqual(shape);
    const [min = 0, max = 0] = numbers;
    const magnitude = Math.max(Math.abs(min), Math.abs(max));
    errors.push([name, relativeError(recordOf(results.get(name)!, record), numbers, magnitude)]);
  }
  const { logits } = reference;
  const ours = results.get(graph.output)!;
  expect(ours.shape).toEqual([1, logits.length]);
  errors.push(['logits', relativeError([...ours.data], logits, Math.max(...logits.map(Math.abs)))]);
  return errors;
}

describe.each(Object.keys(INDEX.networks) as ArchitectureName[])('%s at every tap of every convolution', (name) => {
  it('is PyTorch', async () => {
    const { gain, runs } = INDEX.networks[name]!;
    const graph = ARCHITECTURES[name].build(CLASSES);
    const weights = makeWeights(graph, gain);
    const tensors = tensorsByRecord(graph, name);
    for (const reference of runs) {
      const errors = await compare(graph, weights, tensors, reference);
      const [at, worst] = errors.reduce((a, b) => (b[1] > a[1] ? b : a));
      console.info(`${name} ${reference.size.join('x')}: worst ${worst.toExponential(1)} (${at})`);
      expect(errors.filter(([, error]) => !(error <= PROMISED))).toEqual([]);
      expect(worst).toBeLessThan(MEASURED);
      // Float32 in another order of additions never agrees everywhere: equal values would mean that nothing was compared.
      expect(worst).toBeGreaterThan(0);
    }
  });

  it('sees the pixels that PyTorch finds by gradients', () => {
    const { fields, layers } = INDEX.networks[name]!;
    const ours = receptiveFields(ARCHITECTURES[name].build(CLASSES));
    for (const [path, axes] of Object.entries(fields)) {
      expect(ours.get(path), path).toEqual(axes.map(([stride, size, start]) => ({ stride, size, start })));
    }
    // None is stored where squeeze and excitation sees the whole image
    if (Object.keys(fields).length === 0) expect(ours.get(Object.keys(layers).at(-1)!)).toBeUndefined();
  });
});
