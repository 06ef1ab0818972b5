/** Mutated and truncated networks: each opens or is refused with a ModelError, in bounded memory. FEATURESCOPE_LONG=1 tries ten times as many. */
import { memoryUsage } from 'node:process';
import { expect, it } from 'vitest';
import { memorySource } from '../../../src/bytes/source.js';
import { ModelError } from '../../../src/errors.js';
import { openOnnx } from '../../../src/model/open-onnx.js';
import { model, open, value } from './build-onnx.js';
import { bytesOf } from './fixtures.js';

const INPUTS = process.env.FEATURESCOPE_LONG ? 1_000_000 : 100_000;
const MEMORY_BYTES = 200 * 2 ** 20;

const SEEDS = ['bytes', 'nested', 'keras', 'grey', 'strip', 'volume'].map((name) => bytesOf(`${name}.onnx`));

/** Numbers that break arithmetic: large lengths, minus one, 2^31, 2^32, 2^53, 2^63. */
const EVIL = [
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
  [0x80, 0x80, 0x80, 0x80, 8],
  [0x80, 0x80, 0x80, 0x80, 16],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
  [0x0b],
  [0],
];

/** Mulberry32: the same inputs on every machine. */
function randomBelow(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function mutate(seed: Uint8Array, random: (limit: number) => number): Uint8Array {
  let bytes = Uint8Array.from(seed);
  for (let changes = 1 + random(3); changes > 0 && bytes.length > 0; changes--) {
    const at = random(bytes.length);
    const end = Math.min(bytes.length, at + 1 + random(40));
    switch (random(6)) {
      case 0:
        bytes[at]! ^= 1 << random(8);
        break;
      case 1:
        bytes[at] = random(256);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...EVIL[random(EVIL.length)]!, ...bytes.subarray(at)]);
        break;
      case 4:
        bytes = Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(at)]);
        break;
      default:
        bytes.copyWithin(at, random(bytes.length), end);
    }
  }
  return bytes;
}

it(`${INPUTS.toLocaleString('en')} inputs`, { timeout: 600_000 }, async () => {
  const random = randomBelow(20);
  const before = memoryUsage();
  let most = 0;
  let opened = 0;
  for (let i = 0; i < INPUTS; i++) {
    const bytes = mutate(SEEDS[i % SEEDS.length]!, random);
    try {
      const network = await openOnnx(memorySource(bytes, 'net.onnx'), {
        openSibling: async () => memorySource(bytes, 'w'),
      });
      for (const { tensors } of network.layers) await network.program([tensors.act], [8, 8]);
      opened++;
    } catch (error) {
      if (!(error instanceof ModelError)) throw new Error(`input ${i}: ${error}`, { cause: error });
    }
    if (i % 100 === 0) {
      const { heapUsed, arrayBuffers } = memoryUsage();
      most = Math.max(most, heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers);
    }
  }
  expect(opened).toBeGreaterThan(INPUTS / 100);
  expect(opened).toBeLessThan(INPUTS);
  expect(most).toBeLessThan(MEMORY_BYTES);
});

it('every truncation of every small network', async () => {
  for (const seed of SEEDS) {
    for (let length = 0; length < seed.length; length++) {
      const problem = await openOnnx(memorySource(seed.subarray(0, length), 'net.onnx')).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (problem !== undefined) expect(problem).toBeInstanceOf(ModelError);
    }
  }
});

it('networks that are small in bytes and large in everything else', async () => {
  const long = Array.from({ length: 20_000 }, (_, i) => ({ op: 'Relu', inputs: [`t${i}`], outputs: [`t${i + 1}`] }));
  const wide = Array.from({ length: 20_000 }, (_, i) => ({ op: 'Sigmoid', inputs: ['image'], outputs: [`t${i}`] }));
  const gather = { op: 'Sum', inputs: wide.map(({ outputs }) => outputs[0]!), outputs: ['y'] };
  const inputs = [value('t0', [1, 3, 8, 8])];
  const chain = await open(model({ nodes: long.toReversed(), inputs, outputs: [] }));
  expect(chain.layers.map(({ path }) => path).slice(-1)).toEqual(['Relu_19999']);
  const fan = await open(model({ nodes: [...wide, gather], outputs: [] }));
  expect(fan.layers).toHaveLength(20_001);
  const convolutions = wide.map(({ outputs }) => ({ op: 'Conv', inputs: ['image', 'w'], outputs }));
  const branches = wide.map((_, i) => ({ op: 'Mul', inputs: ['y', `t${i}`], outputs: [`m${i}`] }));
  const crossed = await open(model({ nodes: [...convolutions, gather, ...branches], outputs: [] }));
  expect(crossed.layers).toHaveLength(40_001);
});
