import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RemoteFile } from '../../src/weights/remote-file.js';
import { type FetchOptions, pullWeights } from '../../src/weights/resolve-weights.js';
import type { TransferProgress } from '../../src/weights/transfer.js';
import { rejection } from '../model/refusal.js';
import {
  answer,
  type Behaviour,
  cutLines,
  redirectTo,
  remoteFile,
  sampleBytes,
  sendFile,
  sendSome,
  serve,
  sha256,
  testClock,
  testMachine,
} from './server.js';

const BYTES = sampleBytes(70_001);

/** One fetch from a server that behaves so; `fetch` fetches once more, into the same cache. */
async function setUp(behaviours: readonly Behaviour[], overrides: Partial<RemoteFile> = {}) {
  const server = await serve(...behaviours);
  const machine = testMachine();
  const clock = testClock();
  const file = remoteFile(server.url, BYTES, overrides);
  const fetch = ({ onProgress, ...options }: FetchOptions = {}) =>
    pullWeights(file, {
      machine,
      clock,
      stallMilliseconds: 5000,
      onProgress: (progress) => {
        onProgress?.(progress);
        cutLines(progress.done);
      },
      ...options,
    });
  const left = () => (existsSync(machine.cache) ? readdirSync(machine.cache).sort() : []);
  return { server, machine, clock, file, fetch, left, path: join(machine.cache, 'net-0000.pth') };
}

const WAYS = (path: string) =>
  `Try again (what has arrived is kept), fetch the file elsewhere and copy it to ${path}, or give another with --weights FILE`;

describe('a whole file', () => {
  it('arrives, is verified and recorded, and is fetched once', async () => {
    const { server, fetch, left, path } = await setUp([sendFile(BYTES)]);
    expect(await fetch()).toBe(path);
    expect(new Uint8Array(readFileSync(path))).toEqual(BYTES);
    expect(left()).toEqual(['net-0000.pth', 'net-0000.pth.json']);
    expect(JSON.parse(readFileSync(`${path}.json`, 'utf8'))).toEqual({
      url: `${server.url}/net-0000.pth`,
      byteLength: 70_001,
      sha256: sha256(BYTES),
    });
    expect(await fetch({ offline: true })).toBe(path);
    expect(server.requests).toEqual(['/net-0000.pth - -']);
  });

  it('reports how far it is', async () => {
    const { fetch } = await setUp([sendSome(BYTES, 20_000), sendFile(BYTES)]);
    const seen: TransferProgress[] = [];
    await fetch({ onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toEqual({ name: 'net-0000.pth', done: 0, total: 70_001, bytesPerSecond: 0 });
    expect(seen.at(-1)!.done).toBe(70_001);
    // The one second that passed is the pause before the second attempt.
    expect(seen.at(-1)!.bytesPerSecond).toBe(70_001);
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b));
  });

  it('comes without a length where the server gives none', async () => {
    const chunked: Behaviour = (_request, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(BYTES);
    };
    const { fetch } = await setUp([chunked]);
    expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
  });

  it('an empty one', async () => {
    const { fetch } = await setUp([sendFile(new Uint8Array())], { sha256Prefix: null, approximateByteLength: null });
    expect(readFileSync(await fetch()).byteLength).toBe(0);
  });
});

describe('a connection that breaks', () => {
  it('is resumed where it broke, with If-Range, after a pause', async () => {
    const { server, clock, fetch } = await setUp([sendSome(BYTES, 20_000), sendSome(BYTES, 30_000), sendFile(BYTES)]);
    expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
    expect(server.requests).toEqual([
      '/net-0000.pth - -',
      '/net-0000.pth bytes=20000- "one"',
      '/net-0000.pth bytes=50000- "one"',
    ]);
    expect(clock.waits).toEqual([1000, 2000]);
  });

  it('is given up after six attempts, and the next call goes on', async () => {
    const { server, clock, fetch, left, path } = await setUp([
      ...Array.from({ length: 6 }, () => sendSome(BYTES, 10_000)),
      sendFile(BYTES),
    ]);
    expect(await rejection(fetch())).toBe(
      `ModelError: ${server.url}/net-0000.pth: the connection broke after 60000 of 70001 bytes; given up after 6 attempts. ${WAYS(path)}`,
    );
    expect(clock.waits).toEqual([1000, 2000, 4000, 8000, 16000]);
    expect(left()).toEqual(['net-0000.pth.part', 'net-0000.pth.part.json']);
    expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
    expect(server.requests.at(-1)).toBe('/net-0000.pth bytes=60000- "one"');
    expect(left()).toEqual(['net-0000.pth', 'net-0000.pth.json']);
  });

  it('starts over where the server ignores ranges', async () => {
    const whole: Behaviour = (request, response, index) => {
      delete request.headers.range;
      (index === 0 ? sendSome(BYTES, 20_000) : sendFile(BYTES))(request, response, index);
    };
    const { server, fetch } = await setUp([whole]);
    expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
    expect(server.requests).toEqual(['/net-0000.pth - -', '/net-0000.pth bytes=20000- "one"']);
  });

  it('starts over where the file has changed in the meantime', async () => {
    const other = BYTES.map((byte) => byte ^ 0xff);
    const { fetch } = await setUp([sendSome(other, 20_000, { etag: '"old"' }), sendFile(BYTES, '"new"')]);
    expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
  });

  it.each<[string, Behaviour]>([
    ['another range than asked for', answer(206, { etag: '"one"', 'content-range': 'bytes 0-70000/70001' }, 'x')],
    ['a range of another file', answer(206, { etag: '"two"', 'content-range': 'bytes 20000-70000/70001' }, 'x')],
    ['a range of another length', answer(206, { etag: '"one"', 'content-range': 'bytes 20000-70001/70002' }, 'x')],
    ['a range without bounds', answer(206, { etag: '"one"' }, 'x')],
    ['416', answer(416, { 'content-range': 'bytes */100' })],
  ])('starts over after %s', async (_, wrong) => {
    const { server, fetch } = await setUp([sendSome(BYTES, 20_000), wrong, sendFile(BYTES)]);
    expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
    expect(server.requests[2]).toBe('/net-0000.pth - -');
  });

  it('does not resume without a validator', async () => {
    const { server, fetch } = await setUp([sendSome(BYTES, 20_000, { etag: '' }), sendFile(BYTES)]);
    await fetch();
    expect(server.requests).toEqual(['/net-0000.pth - -', '/net-0000.pth - -']);
  });

  it('is noticed when the server falls silent', async () => {
    const { server, fetch } = await setUp([sendSome(BYTES, 20_000, { stalls: true }), sendFile(BYTES)]);
    expect(new Uint8Array(readFileSync(await fetch({ stallMilliseconds: 100 })))).toEqual(BYTES);
    expect(server.requests[1]).toBe('/net-0000.pth bytes=20000- "one"');
  });

  it('is noticed when the server never answers', async () => {
    const { server, fetch, path } = await setUp([() => {}]);
    const host = server.url.slice('http://'.length);
    expect(await rejection(fetch({ stallMilliseconds: 20 }))).toBe(
      `ModelError: ${host} sent nothing for 0.02 s; given up after 6 attempts. ${WAYS(path)}`,
    );
    expect(server.requests.length).toBe(6);
  });

  it('is retried where the server is gone for a while', async () => {
    const { server, fetch, machine, file, clock } = await setUp([sendSome(BYTES, 20_000)]);
    const port = Number(new URL(server.url).port);
    const { createServer } = await import('node:http');
    const back = createServer((request, response) => sendFile(BYTES)(request, response, 0));
    // Comes back on the same port during the second pause.
    clock.sleep = async (milliseconds) => {
      clock.waits.push(milliseconds);
      if (clock.waits.length === 1) server.close();
      if (clock.waits.length === 2) await new Promise<void>((resolve) => back.listen(port, '127.0.0.1', resolve));
      await new Promise((resolve) => setImmediate(resolve));
    };
    try {
      expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
      expect(clock.waits).toEqual([1000, 2000]);
      expect(existsSync(join(machine.cache, file.fileName))).toBe(true);
    } finally {
      back.closeAllConnections();
      back.close();
    }
  });

  it('leaves what arrived when it is interrupted, and frees the lock', async () => {
    const { fetch, left } = await setUp([sendSome(BYTES, 20_000, { stalls: true }), sendFile(BYTES)]);
    const interruption = new AbortController();
    const onProgress = ({ done }: TransferProgress) => {
      if (done === 20_000) interruption.abort();
    };
    expect(await rejection(fetch({ signal: interruption.signal, onProgress }))).toBe(
      'AbortError: This operation was aborted',
    );
    expect(left()).toEqual(['net-0000.pth.part', 'net-0000.pth.part.json']);
    expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
  });
});

describe('a wrong file', () => {
  it('with another hash is refused and not kept', async () => {
    const { server, fetch, left } = await setUp([sendFile(BYTES)], { sha256Prefix: 'f37072fd' });
    expect(await rejection(fetch())).toBe(
      `ModelError: ${server.url}/net-0000.pth: the SHA-256 of its 70001 bytes begins with ${sha256(BYTES).slice(0, 8)}, ` +
        'expected f37072fd; it is another file or was damaged on the way, and was not kept',
    );
    expect(left()).toEqual([]);
  });

  it('of another length is refused before it is read', async () => {
    const { server, fetch, left } = await setUp([sendFile(BYTES)], { approximateByteLength: 200_000 });
    expect(await rejection(fetch())).toBe(
      `ModelError: ${server.url}/net-0000.pth: the server announces 70001 bytes, expected about 200000; ` +
        'it is another file, or the sign-in page of a network',
    );
    expect(left()).toEqual([]);
  });

  it('that ends early by its own announcement is found by the hash', async () => {
    const { fetch, server } = await setUp([sendFile(BYTES.subarray(0, 69_900))]);
    expect(await rejection(fetch())).toMatch(`${server.url}/net-0000.pth: the SHA-256 of its 69900 bytes begins with`);
  });

  it('that does not end is cut off', async () => {
    const endless: Behaviour = (_request, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      const more = () => response.write(BYTES, (error) => !error && setImmediate(more));
      more();
    };
    const { server, fetch } = await setUp([endless]);
    expect(await rejection(fetch())).toBe(
      `ModelError: ${server.url}/net-0000.pth: the server sends more than the 70701 bytes that the file should have`,
    );
  });

  it('that is compressed on the way is refused', async () => {
    const { server, fetch, path } = await setUp([answer(200, { 'content-encoding': 'gzip' }, 'x')]);
    expect(await rejection(fetch())).toBe(
      `ModelError: ${server.url}/net-0000.pth: comes as gzip, which nobody asked for. ${WAYS(path)}`,
    );
  });

  it('in the cache is refused, not replaced', async () => {
    const { server, machine, fetch, path } = await setUp([sendFile(BYTES)]);
    mkdirSync(machine.cache);
    writeFileSync(path, 'not it');
    expect(await rejection(fetch())).toBe(
      `ModelError: ${path}: its SHA-256 begins with ${sha256(Buffer.from('not it')).slice(0, 8)}, ` +
        `expected ${sha256(BYTES).slice(0, 8)}; remove it and it is fetched again`,
    );
    expect(server.requests).toEqual([]);
  });

  it('in the cache that changed its length is refused', async () => {
    const { fetch, path } = await setUp([sendFile(BYTES)]);
    await fetch();
    writeFileSync(path, BYTES.subarray(1));
    expect(await rejection(fetch())).toBe(
      `ModelError: ${path}: has 70000 bytes and came with 70001; remove it and it is fetched again`,
    );
  });
});

describe('an answer that is no file', () => {
  it('404 is final', async () => {
    const { server, clock, fetch, path } = await setUp([answer(404)]);
    expect(await rejection(fetch())).toBe(
      `ModelError: ${server.url}/net-0000.pth: the server answers 404 Not Found. ${WAYS(path)}`,
    );
    expect(clock.waits).toEqual([]);
  });

  it('503 is not', async () => {
    const { fetch } = await setUp([answer(503), answer(429), sendFile(BYTES)]);
    expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
  });
});

describe('redirects', () => {
  it('are followed', async () => {
    const { server, fetch } = await setUp([redirectTo('/elsewhere'), redirectTo('/there'), sendFile(BYTES)]);
    expect(new Uint8Array(readFileSync(await fetch()))).toEqual(BYTES);
    expect(server.requests).toEqual(['/net-0000.pth - -', '/elsewhere - -', '/there - -']);
  });

  it.each([
    ['in a circle', '/net-0000.pth', 'leads to another address more than 5 times'],
    ['to plain http', 'http://example.com/net.pth', 'leads to http://example.com/net.pth; only https is followed'],
    ['to a file', 'file:///etc/passwd', 'leads to file:///etc/passwd; only https is followed'],
    ['to nowhere', 'http://[', 'leads to what is no URL; only https is followed'],
  ])('%s are refused', async (_, location, problem) => {
    const { server, fetch, path } = await setUp([redirectTo(location)]);
    expect(await rejection(fetch())).toBe(`ModelError: ${server.url}/net-0000.pth: ${problem}. ${WAYS(path)}`);
  });
});

describe('a place to keep it', () => {
  it('must have room', async () => {
    const { machine, fetch } = await setUp([sendSome(BYTES, 20_000), sendFile(BYTES)]);
    let room = 70_001;
    const freeBytes = async () => {
      room -= 20_002;
      return room;
    };
    await expect(fetch({ freeBytes: async () => 70_000 })).rejects.toThrow(
      `${machine.cache}: 70001 more bytes are needed and 70000 are free; make room, or name another folder in FEATURESCOPE_CACHE`,
    );
    // What is there already needs no room again: 50,001 bytes after the first 20,000.
    expect(await rejection(fetch({ freeBytes }))).toBe(
      `OutputError: ${machine.cache}: 70001 more bytes are needed and 49999 are free; make room, or name another folder in FEATURESCOPE_CACHE`,
    );
  });

  it('must be a folder', async () => {
    const { machine, fetch } = await setUp([sendFile(BYTES)]);
    writeFileSync(machine.cache, '');
    expect(await rejection(fetch())).toMatch(
      /^OutputError: weights cannot be kept: .*: a part of the path is a file, expected a folder$/,
    );
  });
});
