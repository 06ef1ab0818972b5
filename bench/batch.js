/** Whether four images in one batch are faster than four runs: the measurement behind running them one by one. */
import { ARCHITECTURES } from '../dist/model/architectures/architectures.js';
import { layersOf } from '../dist/model/layers.js';
import { encodeGraph } from '../dist/model/onnx/encode-graph.js';
import { lowerGraph } from '../dist/model/onnx/lower.js';
import { inferShapes } from '../dist/model/shapes.js';
import { openNativeRuntime } from '../dist/run/ort-node.js';
import { spread } from './measure.js';

const IMAGES = 4;
const SIDES = [224, 600];

export async function batch(_workshop, { rounds }) {
  const runtime = await openNativeRuntime();
  const table = [];
  for (const side of SIDES) {
    const [one, four] = [await open(runtime, side, 1), await open(runtime, side, IMAGES)];
    const [single, batched] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      const [a, b] = [await time(one, IMAGES), await time(four, 1)];
      if (round > 0) {
        single.push(a);
        batched.push(b);
      }
    }
    table.push({ side, 'four runs, ms': spread(single, 0), 'one batch of four, ms': spread(batched, 0) });
    await one.session.close();
    await four.session.close();
  }
  return {
    title: 'ResNet18, all 20 convolutions captured, random weights: batches',
    tables: [table],
    notes: '',
    goals: [],
  };
}

async function open(runtime, side, images) {
  const graph = ARCHITECTURES.resnet18.build(1000);
  const shapes = new Map([...inferShapes(graph, [side, side])].map(([name, [, ...rest]]) => [name, [images, ...rest]]));
  const outputs = layersOf(graph).map(({ tensors }) => tensors.conv);
  const weights = new Map([...graph.parameters].map(([name, shape]) => [name, randomTensor(shape)]));
  const input = { name: graph.input.name, layout: 'NCHW', dtype: 'float32' };
  const bytes = encodeGraph(lowerGraph(graph, shapes), outputs, weights, shapes);
  const session = await runtime.open({ bytes, files: new Map(), input, outputs });
  const image = { shape: [images, 3, side, side], data: new Float32Array(images * 3 * side * side).fill(0.5) };
  return { session, image };
}

async function time({ session, image }, runs) {
  const start = performance.now();
  for (let run = 0; run < runs; run++) await session.run(image);
  return performance.now() - start;
}

function randomTensor(shape) {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1)).map(
    (_, i) => 0.02 + 0.01 * Math.sin(i),
  );
  return { dtype: 'float32', shape, bytes: new Uint8Array(values.buffer) };
}
