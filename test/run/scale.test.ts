import { describe, expect, it } from 'vitest';
import type { Activation, Capture } from '../../src/run/capture.js';
import { openScale, type Scale } from '../../src/run/scale.js';
import { FACTS, formula } from '../model/networks.js';

/** networks.py's two layers; the second is stretched and holds a NaN and both infinities. */
function layers(): Activation[] {
  const first = formula([1, 3, 5, 7], 4);
  const second = formula([1, 4, 3, 2], 5);
  second.data.forEach((value, i, data) => {
    data[i] = value * 3 + 1;
  });
  second.data.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 5);
  return [first, second].map((tensor) => ({ layer: {}, tap: 'conv', tensor }) as Activation);
}

function captureOf(activations: Activation[], holdsAll: boolean): Capture & { passes: number } {
  return {
    shapes: [],
    answer: null,
    holdsAll,
    passes: 0,
    async *activations() {
      this.passes++;
      yield* activations;
    },
    close: async () => {},
  };
}

const IMAGE = { shape: [1, 3, 1, 1], data: new Float32Array(3) };
const SCALE: Scale = { by: 'layer', range: null, percentile: null, symmetric: false };

async function rangesOf(scale: Partial<Scale>, holdsAll = true) {
  const capture = captureOf(layers(), holdsAll);
  const opened = await openScale({ ...SCALE, ...scale }, capture, IMAGE);
  const ranges = [];
  for await (const activation of opened.activations()) {
    const range = opened.rangeFor(activation);
    ranges.push(range && [range.lo, range.hi]);
  }
  return { ranges, passes: capture.passes };
}

const PERCENTILES = { all: null, '1,99': [1, 99], '12.5,60': [12.5, 60] } as const;

describe.each(['all', '1,99', '12.5,60'] as const)(
  'over the finite values, percentiles %s, is what numpy says',
  (key) => {
    const percentile = PERCENTILES[key];
    const { first, second, model } = FACTS.ranges[key];

    it('by layer', async () => {
      expect(await rangesOf({ by: 'layer', percentile })).toEqual({ ranges: [first, second], passes: 1 });
    });

    it('by model, of activations that are kept', async () => {
      expect(await rangesOf({ by: 'model', percentile })).toEqual({ ranges: [model, model], passes: 1 });
    });

    it('by model, of activations that are captured again for each pass', async () => {
      const passes = percentile ? 3 : 2;
      expect(await rangesOf({ by: 'model', percentile }, false)).toEqual({ ranges: [model, model], passes });
    });

    it('with zero in the middle', async () => {
      const widened = ([lo, hi]: [number, number]) => {
        const end = Math.max(-lo, hi);
        return [-end, end];
      };
      const scale = { percentile, symmetric: true };
      expect((await rangesOf({ ...scale, by: 'layer' })).ranges).toEqual([widened(first), widened(second)]);
      expect((await rangesOf({ ...scale, by: 'model' })).ranges).toEqual([widened(model), widened(model)]);
    });
  },
);

it('leaves the range to each filter', async () => {
  expect(await rangesOf({ by: 'filter' })).toEqual({ ranges: [null, null], passes: 1 });
});

it('takes a fixed range as it is', async () => {
  const range = { lo: -0.25, hi: 7 };
  expect(await rangesOf({ by: 'fixed', range })).toEqual({
    ranges: [
      [-0.25, 7],
      [-0.25, 7],
    ],
    passes: 1,
  });
});
