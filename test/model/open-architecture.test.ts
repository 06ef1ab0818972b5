import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type ByteSource, memorySource } from '../../src/bytes/source.js';
import { openFileSource } from '../../src/files/file-source.js';
import { EMBEDDED_WEIGHTS, type EmbeddedWeights } from '../../src/model/embedded-weights.js';
import { openArchitecture } from '../../src/model/open-architecture.js';
import { readStateDict } from '../../src/model/read-state-dict.js';
import type { StateDict, StateDictEntry } from '../../src/model/state-dict.js';
import { openNativeRuntime } from '../../src/run/ort-node.js';
import type { Runtime } from '../../src/run/runtime.js';
import { fingerprint, inputTensor } from '../run/reference.js';
import { FACTS } from './networks.js';
import { rejection } from './refusal.js';

const pathOf = ({ fileName }: EmbeddedWeights) =>
  fileURLToPath(new URL(`../../assets/weights/${fileName}`, import.meta.url));
const ALEXNET_PATH = pathOf(EMBEDDED_WEIGHTS.alexnet);
const { unexpected } = EMBEDDED_WEIGHTS.alexnet.options;
const IMAGE = inputTensor('coffee-131x90');

vi.mock('../../src/model/read-state-dict.js', { spy: true });

let native: Runtime;
beforeAll(async () => {
  native = await openNativeRuntime();
});

async function lastMaps(weights: ByteSource): Promise<string> {
  const model = await openArchitecture('alexnet', { weights, unexpected });
  const session = await native.open(await model.program(['features.10'], [90, 131]));
  const maps = (await session.run(IMAGE)).get('features.10')!;
  await session.close();
  return fingerprint(maps);
}

describe('weights', () => {
  it('in memory give the values of weights in a file', async () => {
    const bytes = new Uint8Array(readFileSync(ALEXNET_PATH));
    const fromFile = await lastMaps(await openFileSource(ALEXNET_PATH));
    expect(await lastMaps(memorySource(bytes, 'alexnet'))).toBe(fromFile);
  });

  it('stored in another order of axes give the same values', async () => {
    const source = await openFileSource(ALEXNET_PATH);
    const expected = await lastMaps(source);
    const dict = await readStateDict(source);
    const channelsLast = await toChannelsLast(dict);
    expect([...channelsLast.entries.values()].filter(({ strides }) => strides[1] === 1).length).toBeGreaterThan(4);
    vi.mocked(readStateDict).mockResolvedValueOnce(channelsLast);
    expect(await lastMaps(channelsLast.source)).toBe(expected);
  });

  it('of another architecture are refused by name', async () => {
    const weights = memorySource(new Uint8Array(readFileSync(pathOf(EMBEDDED_WEIGHTS.resnet18))), 'mine.safetensors');
    expect(await rejection(openArchitecture('alexnet', { weights }))).toMatch(
      /^ModelError: mine\.safetensors: not the weights of alexnet: missing features\.0\.weight, .*\. these are weights of resnet18 \(--model, --weights\)$/,
    );
  });
});

/** The state dict with all four-dimensional tensors as torch.channels_last stores them: [out, height, width, in] in memory. */
async function toChannelsLast(dict: StateDict): Promise<StateDict> {
  const bytes = new Uint8Array(await dict.source.slice(0, dict.source.byteLength));
  const entries = new Map<string, StateDictEntry>();
  for (const [name, entry] of dict.entries) {
    const [out = 0, channels = 0, height, width] = entry.shape;
    if (height === undefined || width === undefined) {
      entries.set(name, entry);
      continue;
    }
    const cells = height * width;
    const count = out * channels * cells;
    // float16: two bytes a value.
    const values = new Uint16Array(bytes.slice(entry.byteOffset, entry.byteOffset + 2 * count).buffer);
    const moved = new Uint16Array(count);
    for (let i = 0; i < count; i++) {
      const cell = i % cells;
      const channel = Math.floor(i / cells) % channels;
      moved[i - channel * cells - cell + cell * channels + channel] = values[i]!;
    }
    bytes.set(new Uint8Array(moved.buffer), entry.byteOffset);
    entries.set(name, { ...entry, strides: [channels * cells, 1, width * channels, channels] });
  }
  return { ...dict, source: memorySource(bytes, 'channels_last'), entries };
}

describe('the network', () => {
  it.each(['chelsea-96x96', 'coffee-131x90'] as const)("ends in PyTorch's logits on %s", async (input) => {
    const image = inputTensor(input);
    const [, , height = 0, width = 0] = image.shape;
    const model = await openArchitecture('resnet18', {
      weights: await openFileSource(pathOf(EMBEDDED_WEIGHTS.resnet18)),
    });
    const session = await native.open(await model.program(['fc'], [height, width]));
    const logits = (await session.run(image)).get('fc')!;
    await session.close();
    expect(logits.shape).toEqual([1, 128]);
    const theirs = FACTS.logits[input];
    const magnitude = Math.max(...theirs.map(Math.abs));
    const errors = theirs.map((value, i) => Math.abs(value - logits.data[i]!) / magnitude);
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });

  it('asks the checkpoint for no more than the tensors need', async () => {
    const model = await openArchitecture('alexnet', { weights: await openFileSource(ALEXNET_PATH), unexpected });
    const [small, large] = await Promise.all(
      ['features.0', 'features.10'].map((name) => model.program([name], [90, 131])),
    );
    const names = (bytes: Uint8Array) =>
      Buffer.from(bytes)
        .toString('latin1')
        .match(/features\.\d+\.weight/g);
    expect(new Set(names(small!.bytes))).toEqual(new Set(['features.0.weight']));
    expect(new Set(names(large!.bytes)).size).toBe(5);
  });
});
