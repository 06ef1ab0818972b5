import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../src/bytes/source.js';
import { readRanges } from '../../src/model/read-ranges.js';
import { readStateDict, readTensors } from '../../src/model/read-state-dict.js';
import { locateEntries, readZipDirectory } from '../../src/model/torch/zip.js';
import { type ResolveOptions, resolveWeights } from '../../src/weights/resolve-weights.js';
import { encodeSafetensorsHeader, inFileOrder } from '../../src/weights/write-safetensors.js';
import { rejection } from '../model/refusal.js';
import { bytesOf, dict, int, PROTO, STOP, tensor } from '../model/torch/build-pickle.js';
import { buildZip, checkpointZip } from '../model/torch/build-zip.js';
import { answer, type Behaviour, sendFile, serve, testClock, testMachine } from './server.js';

const CHECKPOINTS = new URL('../fixtures/checkpoints/', import.meta.url);
const EXPECTED = JSON.parse(readFileSync(new URL('expected.json', CHECKPOINTS), 'utf8'));
const PAD_BYTES = 3_000_000;
const NAMES = ['bn.weight', 'conv.weight', 'bn.num_batches_tracked'];

/**
 * zip.pth as torch.save wrote it, entry by entry with the CRC-32s that torch gave them, and three megabytes among them
 * that nobody needs. `change` may damage an entry's bytes.
 */
async function paddedCheckpoint(change: (name: string, bytes: Uint8Array) => void = () => {}): Promise<Uint8Array> {
  const source = memorySource(new Uint8Array(readFileSync(new URL('zip.pth', CHECKPOINTS))), 'zip.pth');
  const entries = [...(await readZipDirectory(source)).values()];
  const contents = await readRanges(source, await locateEntries(source, entries));
  const files = entries.map(({ name, crc32 }, index) => {
    const bytes = contents[index]!.slice();
    change(name, bytes);
    return { name, bytes, crc32 };
  });
  const pad = { name: 'zip/data/pad', bytes: new Uint8Array(PAD_BYTES) };
  return buildZip([...files.slice(0, 4), pad, ...files.slice(4)]);
}

async function setUp(bytes: Uint8Array, wrap: (behaviour: Behaviour) => Behaviour = (behaviour) => behaviour) {
  let sent = 0;
  const server = await serve(
    wrap(
      sendFile(bytes, '"one"', (byteLength) => {
        sent += byteLength;
      }),
    ),
  );
  const machine = testMachine();
  const url = `${server.url}/models/net.pth?token=secret`;
  const resolve = (needed: ResolveOptions['needed'], options: ResolveOptions = {}) =>
    resolveWeights('resnet18', url, { needed, machine, clock: testClock(), ...options });
  return { server, machine, resolve, url: `${server.url}/models/net.pth`, sent: () => sent };
}

function expectedTensors(names: readonly string[]) {
  return names.map((name) => EXPECTED['zip.pth'].find((tensor: { name: string }) => tensor.name === name));
}

describe('only some tensors', () => {
  it('come with PyTorch’s values, in a few of the bytes, once', async () => {
    const bytes = await paddedCheckpoint();
    const { server, machine, resolve, sent } = await setUp(bytes);
    const source = await resolve(NAMES);
    const dict = await readStateDict(source);
    expect(dict.format).toBe('safetensors');
    const read = await readTensors(dict, NAMES);
    const found = NAMES.map((name) => {
      const { dtype, shape, bytes } = read.get(name)!;
      return { name, dtype, shape, bytes: Buffer.from(bytes).toString('hex') };
    });
    expect(found).toEqual(expectedTensors(NAMES));
    expect([...dict.entries.keys()].sort()).toEqual([...NAMES].sort());

    // The zip's tail of 65,577 bytes is the largest of the reads.
    expect(bytes.byteLength).toBeGreaterThan(PAD_BYTES);
    expect(sent()).toBeLessThan(100_000);
    expect(sent()).toBeGreaterThan(65_577);
    const count = server.requests.length;
    expect(server.requests.slice(1).every((request) => request.endsWith('"one"'))).toBe(true);

    const again = await resolve([...NAMES].reverse(), { offline: true });
    expect(again.path).toBe(source.path);
    expect(server.requests.length).toBe(count);
    const files = readdirSync(machine.cache).sort();
    expect(files).toEqual([
      expect.stringMatching(/^url-[0-9a-f]{16}-net\.[0-9a-f]{16}\.safetensors$/),
      expect.stringMatching(/^url-[0-9a-f]{16}-net\.[0-9a-f]{16}\.safetensors\.json$/),
    ]);
  });

  it('report how far they are', async () => {
    const { resolve } = await setUp(await paddedCheckpoint());
    const seen: [number, number | null][] = [];
    await resolve(NAMES, { onProgress: ({ done, total }) => seen.push([done, total]) });
    // conv.weight 90 floats, bn.weight 5, and one int64.
    expect(seen.at(-1)).toEqual([388, 388]);
  });

  it('are refused where a checksum fails', async () => {
    const expected = EXPECTED['zip.pth'][2].bytes;
    const bytes = await paddedCheckpoint((name, content) => {
      if (name.includes('/data/') && Buffer.from(content).toString('hex') === expected) content[3]! ^= 1;
    });
    const { machine, resolve, url } = await setUp(bytes);
    expect(await rejection(resolve(NAMES))).toMatch(
      new RegExp(
        `^ModelError: ${url}: bytes \\d+ to \\d+ fail their CRC-32; they were damaged on the way or on the server, try again$`,
      ),
    );
    expect(readdirSync(machine.cache)).toEqual([]);
  });

  it('are refused where the file changes between requests', async () => {
    const bytes = await paddedCheckpoint();
    const { resolve, url } = await setUp(bytes, (first) => (request, response, index) => {
      (index < 3 ? first : sendFile(bytes, '"two"'))(request, response, index);
    });
    expect(await rejection(resolve(NAMES))).toBe(
      `ModelError: ${url}: the file changed on the server while it was read; try again`,
    );
  });

  it('are refused where the server sends another range', async () => {
    const { resolve, url } = await setUp(await paddedCheckpoint(), (first) => (request, response, index) => {
      if (index === 1) request.headers.range = 'bytes=1-512';
      first(request, response, index);
    });
    expect(await rejection(resolve(NAMES))).toMatch(
      new RegExp(`^ModelError: ${url}: the server sends the range 'bytes 1-512/\\d+', expected bytes 0-511$`),
    );
  });

  it('survive a cut and a silent connection in the middle', async () => {
    const bytes = await paddedCheckpoint();
    const { resolve } = await setUp(bytes, (first) => (request, response, index) => {
      if (index === 2) request.socket.destroy();
      else if (index === 4) response.writeHead(503).end();
      else if (index !== 6) first(request, response, index);
    });
    const dict = await readStateDict(await resolve(NAMES, { stallMilliseconds: 200 }));
    expect(dict.entries.size).toBe(3);
  });
});

describe('the whole file comes instead', () => {
  const whole = async (resolve: ReturnType<typeof resolveWeights>) => (await readStateDict(await resolve)).format;

  it('where the server ignores ranges', async () => {
    const bytes = await paddedCheckpoint();
    const { resolve, sent } = await setUp(bytes, (first) => (request, response, index) => {
      delete request.headers.range;
      first(request, response, index);
    });
    expect(await whole(resolve(NAMES))).toBe('torch zip');
    expect(sent()).toBe(2 * bytes.byteLength);
  });

  it('where a change could not be noticed', async () => {
    const bytes = await paddedCheckpoint();
    const { server, resolve } = await setUp(bytes, () => sendFile(bytes, 'W/"weak"'));
    expect(await whole(resolve(NAMES))).toBe('torch zip');
    expect(server.requests.length).toBe(2);
  });

  it('where a name is not in it', async () => {
    const { resolve } = await setUp(await paddedCheckpoint());
    expect(await whole(resolve(['conv.weight', 'other.weight']))).toBe('torch zip');
  });

  const pickled = (fields: Parameters<typeof tensor>[0]) => bytesOf(PROTO, dict(['a', tensor(fields)]), STOP);

  it('where what must be read to verify the tensors is half of it or more', async () => {
    const view = { storedLength: int(6000), offset: int(3), shape: [int(1), int(3)] };
    const { resolve } = await setUp(checkpointZip(pickled(view), new Uint8Array(24_000)));
    expect(await whole(resolve(['a']))).toBe('torch zip');
  });

  it('where a tensor is not row-major', async () => {
    const entries = [
      { name: 'archive/data.pkl', bytes: pickled({ strides: [int(1), int(2)] }) },
      { name: 'archive/data/0', bytes: new Uint8Array(24) },
      { name: 'archive/pad', bytes: new Uint8Array(9000) },
    ];
    const { resolve } = await setUp(buildZip(entries));
    expect(await whole(resolve(['a']))).toBe('torch zip');
  });

  it.each(['legacy.pth', 'dtypes.safetensors'])('where the format has no checksums: %s', async (name) => {
    const { resolve } = await setUp(new Uint8Array(readFileSync(new URL(name, CHECKPOINTS))));
    const first = EXPECTED[name][0].name;
    expect((await readStateDict(await resolve([first]))).entries.size).toBe(EXPECTED[name].length);
  });

  it('and serves every later wish', async () => {
    const { server, resolve } = await setUp(await paddedCheckpoint());
    const { path } = await resolve('all');
    const count = server.requests.length;
    expect((await resolve(NAMES)).path).toBe(path);
    expect(server.requests.length).toBe(count);
  });
});

it('a server that refuses is an error, not a smaller wish', async () => {
  const { server, machine, resolve, url } = await setUp(new Uint8Array(), () => answer(403));
  expect(await rejection(resolve(NAMES))).toMatch(`ModelError: ${url}: the server answers 403 Forbidden. `);
  expect(server.requests.length).toBe(1);
  expect(existsSync(join(machine.cache, 'net.pth'))).toBe(false);
});

it('writes the header that the reference implementation writes', async () => {
  const reference = new Uint8Array(readFileSync(new URL('dtypes.safetensors', CHECKPOINTS)));
  const { entries } = await readStateDict(memorySource(reference, 'dtypes.safetensors'));
  const tensors = [...entries].map(([name, { dtype, shape }]) => ({ name, dtype, shape })).reverse();
  const header = Buffer.from(encodeSafetensorsHeader(inFileOrder(tensors)));
  const referenceEnd = 8 + Number(Buffer.from(reference).readBigUInt64LE());
  const referenceJson = Buffer.from(reference.subarray(8, referenceEnd)).toString().trimEnd();
  // The fixture has metadata besides.
  expect(header.subarray(8).toString().trimEnd()).toBe(referenceJson.replace(/"__metadata__":\{.*?\},/, ''));
  expect(Number(header.readBigUInt64LE())).toBe(header.byteLength - 8);
  expect(header.byteLength % 8).toBe(0);
});
