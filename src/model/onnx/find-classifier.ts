/** Whether a network's first output is a classifier's answer. */
import type { Model } from '../model.js';
import type { GraphFacts } from './graph-facts.js';

/** What a softmax may pass through on its way out. */
const PASSES = new Set(['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze']);
const SOFTMAX = new Set(['Softmax', 'QLinearSoftmax']);

/** [1, classes], or [1, classes, 1, 1] as fully convolutional networks have it; the tensor is named as in the graph. */
export function findClassifier({ file, walk, live }: GraphFacts): Model['classifier'] {
  const [output] = file.graph.outputs;
  const [batch = 0, classes = 0, ...spatial] = output?.dims ?? [];
  const isAnswer = (batch ?? 1) === 1 && classes !== null && classes > 1 && spatial.every((size) => size === 1);
  if (!output || !isAnswer || !live.has(output.name)) return null;
  let node = walk.producer(walk.origin(output.name));
  while (node && PASSES.has(node.op)) node = walk.producer(walk.origin(node.inputs[0] ?? ''));
  return { tensor: output.name, classes, kind: node && SOFTMAX.has(node.op) ? 'probabilities' : 'logits' };
}
