/** A web server of this machine that behaves as a test says, and tools around it. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Clock } from '../../src/weights/clock.js';
import type { Machine } from '../../src/weights/folders.js';
import type { RemoteFile } from '../../src/weights/remote-file.js';

export type Behaviour = (request: IncomingMessage, response: ServerResponse, index: number) => void;

export interface TestServer {
  readonly url: string;
  /** `/path range if-range` of each request, absent headers as `-`. */
  readonly requests: string[];
  close(): void;
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Answers request number `index` with the behaviour of that number, or the last one. */
export async function serve(...behaviours: readonly Behaviour[]): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { range = '-', 'if-range': ifRange = '-' } = request.headers;
    const index = requests.push(`${request.url} ${range} ${ifRange}`) - 1;
    behaviours[Math.min(index, behaviours.length - 1)]!(request, response, index);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  cleanups.push(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close };
}

/** RFC 9110 as a static file server does it. `count` hears how many bytes of content go out. */
export function sendFile(bytes: Uint8Array, etag = '"one"', count: (byteLength: number) => void = () => {}): Behaviour {
  return ({ headers }, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    const ifRange = headers['if-range'];
    if (first === undefined || (ifRange !== undefined && ifRange !== etag)) {
      count(bytes.byteLength);
      response.writeHead(200, { etag, 'content-length': bytes.byteLength }).end(bytes);
      return;
    }
    const start = Number(first);
    const end = Math.min(last ? Number(last) + 1 : bytes.byteLength, bytes.byteLength);
    const range = `bytes ${start}-${end - 1}/${bytes.byteLength}`;
    count(end - start);
    response.writeHead(206, { etag, 'content-length': end - start, 'content-range': range });
    response.end(bytes.subarray(start, end));
  };
}

/** Lines to cut once a client has stored so many bytes; what it has not read by then would be lost. */
const cuts = new Set<{ readonly at: number; readonly cut: () => void }>();

/** To be told of a client's progress. */
export function cutLines(done: number): void {
  for (const entry of cuts) {
    if (entry.at > done) continue;
    cuts.delete(entry);
    entry.cut();
  }
}

/** Announces all, sends `byteLength` bytes of what was asked for, then cuts the line or, with `stalls`, falls silent. */
export function sendSome(bytes: Uint8Array, byteLength: number, { stalls = false, etag = '"one"' } = {}): Behaviour {
  return ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const status = headers.range ? 206 : 200;
    const range = headers.range && { 'content-range': `bytes ${start}-${bytes.byteLength - 1}/${bytes.byteLength}` };
    response.writeHead(status, { ...(etag && { etag }), 'content-length': bytes.byteLength - start, ...range });
    if (!stalls) cuts.add({ at: start + byteLength, cut: () => response.destroy() });
    response.write(bytes.subarray(start, start + byteLength));
  };
}

export const redirectTo = (location: string): Behaviour => {
  return (_request, response) => response.writeHead(302, { location }).end();
};

export const answer = (status: number, headers: Record<string, string | number> = {}, body = ''): Behaviour => {
  return (_request, response) => response.writeHead(status, headers).end(body);
};

/** A deterministic file that no compression or off-by-one leaves alone. */
export function sampleBytes(byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, index) => (index * 2654435761) >>> 24);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function remoteFile(url: string, bytes: Uint8Array, overrides: Partial<RemoteFile> = {}): RemoteFile {
  return {
    url: `${url}/net-0000.pth`,
    fileName: 'net-0000.pth',
    sha256Prefix: sha256(bytes).slice(0, 8),
    approximateByteLength: bytes.byteLength,
    ...overrides,
  };
}

/** A machine whose cache and home are a folder of its own, removed after the test. */
export function testMachine(env: Record<string, string> = {}): Machine & { readonly cache: string } {
  const home = mkdtempSync(join(tmpdir(), 'featurescope-weights-'));
  cleanups.push(() => rmSync(home, { recursive: true, force: true }));
  const cache = join(home, 'cache');
  return { env: { FEATURESCOPE_CACHE: cache, ...env }, platform: process.platform, home, cache };
}

/** Time passes only where somebody waits; `waits` are the milliseconds of each. */
export function testClock(): Clock & { readonly waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
    random: () => 0,
  };
}
