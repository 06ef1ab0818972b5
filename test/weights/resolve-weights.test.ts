import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pullWeights, resolveWeights } from '../../src/weights/resolve-weights.js';
import { rejection } from '../model/refusal.js';
import { remoteFile, sampleBytes, sendFile, serve, sha256, testClock, testMachine } from './server.js';

const BYTES = sampleBytes(9001);

function waysOn(path: string, why: string) {
  return (
    `ModelError: resnet18-f37072fd.pth (46.8 MB) is not on this machine, and ${why}. ` +
    `Either fetch https://download.pytorch.org/models/resnet18-f37072fd.pth elsewhere and copy it to ${path}, ` +
    'or give a file with --weights FILE, or take what comes along for alexnet and resnet18 with --weights embedded'
  );
}

it('without network says the three ways on', async () => {
  const machine = testMachine();
  const path = join(machine.cache, 'resnet18-f37072fd.pth');
  for (const needed of ['all', ['conv1.weight']] as const) {
    expect(await rejection(resolveWeights('resnet18', 'imagenet', { offline: true, machine, needed }))).toBe(
      waysOn(path, 'the network is not to be used (--offline)'),
    );
  }
});

it('with a server that is not there says the same at once', async () => {
  const { url, close } = await serve(() => {});
  close();
  const machine = testMachine({ FEATURESCOPE_MIRROR: url });
  const clock = testClock();
  const host = url.slice('http://'.length);
  expect(await rejection(resolveWeights('resnet18', 'imagenet', { machine, clock }))).toBe(
    waysOn(join(machine.cache, 'resnet18-f37072fd.pth'), `${host} cannot be reached: connect ECONNREFUSED ${host}`),
  );
  expect(clock.waits).toEqual([]);
  expect(readdirSync(machine.cache)).toEqual([]);
});

it('asks the mirror, and believes nothing that is not the file', async () => {
  const server = await serve(sendFile(BYTES));
  const machine = testMachine({ FEATURESCOPE_MIRROR: `${server.url}/torch/` });
  const refusal =
    `ModelError: ${server.url}/torch/alexnet-owt-7be5be79.pth: the server announces 9001 bytes, expected about 244409434; ` +
    'it is another file, or the sign-in page of a network';
  expect(await rejection(resolveWeights('alexnet', 'imagenet', { machine }))).toBe(refusal);
  expect(await rejection(resolveWeights('alexnet', 'imagenet', { machine, needed: ['features.0.weight'] }))).toBe(
    refusal,
  );
  expect(server.requests).toEqual([
    '/torch/alexnet-owt-7be5be79.pth - -',
    '/torch/alexnet-owt-7be5be79.pth bytes=0-0 -',
  ]);
});

it('uses the file that torch has, where its hash is right', async () => {
  const server = await serve(sendFile(BYTES));
  const machine = testMachine();
  const file = remoteFile(server.url, BYTES);
  const hub = join(machine.home, '.cache', 'torch', 'hub', 'checkpoints');
  mkdirSync(hub, { recursive: true });
  writeFileSync(join(hub, file.fileName), BYTES);
  expect(await pullWeights(file, { machine, offline: true })).toBe(join(hub, file.fileName));

  writeFileSync(join(hub, file.fileName), BYTES.subarray(1));
  expect(await pullWeights(file, { machine })).toBe(join(machine.cache, file.fileName));
  expect(readFileSync(join(hub, file.fileName)).byteLength).toBe(9000);
});

it('takes a file that somebody copied into the cache, after its hash', async () => {
  const machine = testMachine();
  const file = remoteFile('http://127.0.0.1:1', BYTES);
  mkdirSync(machine.cache);
  writeFileSync(join(machine.cache, file.fileName), BYTES);
  expect(await pullWeights(file, { machine, offline: true })).toBe(join(machine.cache, file.fileName));
  expect(JSON.parse(readFileSync(join(machine.cache, `${file.fileName}.json`), 'utf8'))).toEqual({
    url: file.url,
    byteLength: 9001,
    sha256: sha256(BYTES),
  });
});

it('fetches a URL, once', async () => {
  const server = await serve(sendFile(BYTES));
  const machine = testMachine();
  const url = `${server.url}/my%20net.pth`;
  const source = await resolveWeights('resnet18', url, { machine });
  expect(await source.slice(0, source.byteLength)).toEqual(BYTES);
  expect((await resolveWeights('resnet18', url, { machine, offline: true })).path).toBe(source.path);
  expect(server.requests).toEqual(['/my%20net.pth - -']);
});

it('fetches nothing by plain http', async () => {
  const machine = testMachine();
  expect(await rejection(resolveWeights('resnet18', 'http://example.com/net.pth', { machine }))).toBe(
    'UsageError: http://example.com/net.pth: only https is fetched (http from this machine alone); give an https URL',
  );
});
