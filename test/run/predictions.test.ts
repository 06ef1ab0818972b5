import { describe, expect, it } from 'vitest';
import { predictionsOf } from '../../src/run/predictions.js';

const LOGITS = { shape: [1, 3], data: Float32Array.of(2, 3, 1) };
const classifier = (kind: 'logits' | 'probabilities') => ({ tensor: 'fc', classes: 3, kind });

describe('predictions', () => {
  it('are the softmax of logits, best first', () => {
    const found = predictionsOf(LOGITS, classifier('logits'), ['ant', 'bee', 'cat']);
    expect(found.map(({ class: index, name, logit }) => [index, name, logit])).toEqual([
      [1, 'bee', 3],
      [0, 'ant', 2],
      [2, 'cat', 1],
    ]);
    // torch.softmax(torch.tensor([2., 3., 1.], dtype=torch.float64), 0), sorted
    const expected = [0.6652409557748219, 0.24472847105479767, 0.09003057317038046];
    for (const [i, { probability }] of found.entries()) expect(probability).toBeCloseTo(expected[i]!, 14);
  });

  it('keep probabilities as the network gives them, and have no names where none are known', () => {
    const answer = { shape: [1, 2, 1, 1], data: Float32Array.of(0.25, 0.75) };
    expect(predictionsOf(answer, classifier('probabilities'), null)).toEqual([
      { class: 1, name: null, logit: null, probability: 0.75 },
      { class: 0, name: null, logit: null, probability: 0.25 },
    ]);
  });

  it('are finite for huge logits, and as many as asked for', () => {
    const huge = { shape: [1, 3], data: Float32Array.of(1e30, 1e30, -1e30) };
    expect(predictionsOf(huge, classifier('logits'), null, 2).map(({ probability }) => probability)).toEqual([
      0.5, 0.5,
    ]);
  });
});
