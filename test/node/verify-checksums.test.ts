import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.js';
import { openFileSource } from '../../src/files/file-source.js';
import { readStateDict } from '../../src/model/read-state-dict.js';
import type { CheckedRange } from '../../src/model/state-dict.js';
import { openModel } from '../../src/node/open-model.js';
import { verifyChecksums } from '../../src/node/verify-checksums.js';
import { buildZip } from '../model/torch/build-zip.js';

const CHECKPOINT = fileURLToPath(new URL('../fixtures/checkpoints/zip.pth', import.meta.url));
const IMAGENET = fileURLToPath(
  new URL('../../../shared/testdata/models/resnet18-imagenet-partial.pth', import.meta.url),
);

const folder = mkdtempSync(join(tmpdir(), 'featurescope-checksums-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function readChecksums(path: string) {
  const source = await openFileSource(path);
  const { entries } = await readStateDict(source);
  const checksums = new Map([...entries].flatMap(([name, { storage }]) => (storage ? [[name, storage]] : [])));
  return { source, checksums: checksums as Map<string, CheckedRange> };
}

/** A copy of the file with one bit changed. */
function damage(path: string, position: number): string {
  const bytes = readFileSync(path);
  bytes[position]! ^= 0x40;
  const copy = join(folder, 'damaged.pth');
  writeFileSync(copy, bytes);
  return copy;
}

describe('verifyChecksums', () => {
  it('takes what torch.save wrote', async () => {
    const origin = await readChecksums(CHECKPOINT);
    expect(origin.checksums.size).toBeGreaterThan(3);
    await verifyChecksums(origin);
  });

  it('names the tensor of a changed bit, at the first and the last byte of any', async () => {
    const { checksums } = await readChecksums(CHECKPOINT);
    const ranges = new Set<CheckedRange>();
    for (const [name, range] of checksums) {
      if (ranges.has(range) || range.start === range.end) continue;
      ranges.add(range);
      const names = [...checksums].flatMap(([other, { start }]) => (start === range.start ? [other] : []));
      for (const position of [range.start, range.end - 1]) {
        const copy = damage(CHECKPOINT, position);
        const message = `${copy}: the tensor '${names.at(-1)}' fails its CRC-32; the file is damaged, get it again`;
        await expect(verifyChecksums(await readChecksums(copy)), name).rejects.toThrow(new ModelError(message));
      }
    }
  });

  it('reads longer tensors than it keeps in memory', async () => {
    const bytes = Uint8Array.from({ length: 9_000_001 }, (_, i) => i * i);
    const path = join(folder, 'long.pth');
    writeFileSync(path, buildZip([{ name: 'a', bytes }]));
    const start = 30 + 1;
    const crc32 = new DataView(readFileSync(path).buffer).getUint32(start + bytes.length + 16, true);
    const range = { start, end: start + bytes.length, crc32 };
    const source = await openFileSource(path);
    await verifyChecksums({ source, checksums: new Map([['a', range]]) });
    const wrong = new Map([['a', { ...range, end: range.end - 1 }]]);
    await expect(verifyChecksums({ source, checksums: wrong })).rejects.toThrow(ModelError);
  });
});

describe.skipIf(!existsSync(IMAGENET))('openModel', () => {
  it('refuses weights with a changed bit', async () => {
    const { checksums } = await readChecksums(IMAGENET);
    const { start } = checksums.get('layer2.0.conv1.weight')!;
    await expect(openModel('resnet18', { weights: damage(IMAGENET, start + 4321) })).rejects.toThrow(
      "the tensor 'layer2.0.conv1.weight' fails its CRC-32; the file is damaged, get it again",
    );
  });
});
