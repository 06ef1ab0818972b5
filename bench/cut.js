/** What is not asked for is not run: the forward pass of a network cut after conv1, and of the whole. */
import { capture, openModel, openRuntime } from '../dist/node.js';
import { spread } from './measure.js';

const SIDE = 600;
const CHOICES = {
  'conv1 alone': ['conv1'],
  'conv1 and the last convolution': ['conv1', 'layer4.1.conv2'],
  'all 20': ['**'],
};

export async function cut(_workshop, { rounds }) {
  const model = await openModel('resnet18', { weights: 'embedded' });
  const runtime = await openRuntime();
  const image = { shape: [1, 3, SIDE, SIDE], data: new Float32Array(3 * SIDE * SIDE).map((_, i) => Math.sin(i)) };
  const times = Object.fromEntries(Object.keys(CHOICES).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, layers] of Object.entries(CHOICES)) {
      const start = performance.now();
      for await (const { tensor } of capture(model, image, { runtime, layers }))
        if (tensor.data.length === 0) throw new Error('empty');
      if (round > 0) times[name].push(performance.now() - start);
    }
  }
  const table = Object.entries(times).map(([layers, ms]) => ({
    layers,
    'milliseconds, session and forward pass': spread(ms, 0),
  }));
  return { title: `ResNet18 at ${SIDE}x${SIDE}, by the layers asked for`, tables: [table], notes: '', goals: [] };
}
