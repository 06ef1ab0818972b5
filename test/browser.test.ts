/** The page of docs/browser.md, as it stands there, in Debian's Chromium: its pictures are those that Node makes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  capture,
  chooseLayers,
  createFrameDrawer,
  decodeImage,
  openModel,
  openWasmRuntime,
  preprocess,
} from '../src/node.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const PICTURES = 16;

/** Sends the page's pictures, or its first error, to the server. */
const REPORT = `<script>
  const report = (path, body) => fetch(path, { method: 'POST', body });
  addEventListener('error', ({ message }) => report('/failed', message));
  addEventListener('unhandledrejection', ({ reason }) => report('/failed', String(reason?.stack ?? reason)));
  const timer = setInterval(async () => {
    if (document.images.length < ${PICTURES}) return;
    clearInterval(timer);
    const blobs = await Promise.all([...document.images].map(async ({ src }) => (await fetch(src)).arrayBuffer()));
    report('/pictures', JSON.stringify(blobs.map((bytes) => [...new Uint8Array(bytes)])));
  }, 50);
</script>`;

function page(): string {
  const [, html] = /```html\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/browser.md'), 'utf8'))!;
  return html!.replace('<!doctype html>', `<!doctype html>${REPORT}`);
}

/** A file of the package or of ONNX Runtime, where npm would have put it. */
function fileOf(path: string): string | undefined {
  const [, name, rest] = /^\/node_modules\/(featurescope|onnxruntime-web)\/([\w./-]+)$/.exec(path) ?? [];
  if (!rest || rest.includes('..')) return undefined;
  return name === 'featurescope' ? join(ROOT, rest) : join(ROOT, 'node_modules', name!, rest);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function picturesOfPage(browser: (url: string) => ChildProcess): Promise<Uint8Array[]> {
  let settle: { resolve(body: string): void; reject(error: Error): void };
  const reported = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const server = createServer(async (request, response) => {
    const path = request.url!;
    if (path === '/pictures') settle.resolve(await bodyOf(request));
    if (path === '/failed') settle.reject(new Error(`the page failed: ${await bodyOf(request)}`));
    const file = fileOf(path);
    response.setHeader(
      'content-type',
      path === '/' ? 'text/html' : (TYPES[extname(path)] ?? 'application/octet-stream'),
    );
    response.end(path === '/' ? page() : file ? readFileSync(file) : '');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const process = browser(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  process.once('exit', () => settle.reject(new Error('Chromium ended')));
  try {
    return (JSON.parse(await reported) as number[][]).map((bytes) => Uint8Array.from(bytes));
  } finally {
    process.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
  }
}

async function picturesOfNode(): Promise<Uint8Array[]> {
  const model = await openModel('resnet18', { weights: 'embedded' });
  const image = await decodeImage(readFileSync(join(ROOT, 'assets/still-life.png')), 'still-life.png');
  const { tensor } = preprocess(image, { ...model.input.normalisation, size: { kind: 'longest', pixels: 300 } });
  const draw = createFrameDrawer();
  const pictures: Uint8Array[] = [];
  const layers = ['conv1', 'layer4.1.conv2'];
  expect(chooseLayers(model.layers, { layers }).map(({ path }) => path)).toEqual(layers);
  for await (const { layer, tap, shape, tensor: maps } of capture(model, tensor, {
    layers,
    runtime: await openWasmRuntime(),
  })) {
    const style = { frameWidth: 200, frameHeight: 150, colormap: 'viridis', smooth: false, legend: true };
    const ownRange = { percentile: null, symmetric: false };
    const job = {
      values: maps.data,
      count: 8,
      firstMap: 0,
      shape,
      layer: layer.path,
      tap,
      range: null,
      ownRange,
      style,
    };
    pictures.push(...draw(job).map(({ png }) => png));
  }
  return pictures;
}

const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

describe.skipIf(!chromium)('the page of docs/browser.md', () => {
  const profile = mkdtempSync(join(tmpdir(), 'featurescope-chromium-'));
  afterAll(() => rmSync(profile, { recursive: true, force: true }));

  it('draws what Node draws', async () => {
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      `--user-data-dir=${profile}`,
    ];
    const pictures = await picturesOfPage((url) => spawn(chromium!, [...flags, url], { stdio: 'ignore' }));
    const expected = await picturesOfNode();
    expect(pictures.length).toBe(PICTURES);
    for (const [n, picture] of pictures.entries()) expect(Buffer.from(picture).equals(expected[n]!), `${n}`).toBe(true);
  });
});
