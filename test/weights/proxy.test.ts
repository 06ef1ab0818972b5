import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openHttpClient } from '../../src/weights/http-client.js';
import { proxyFor } from '../../src/weights/proxy.js';
import { message, rejection } from '../model/refusal.js';

const PROXY = 'http://proxy.example:3128/';

it.each<[string, Record<string, string>, string | undefined]>([
  ['https://a.example/x', {}, undefined],
  ['https://a.example/x', { HTTPS_PROXY: PROXY }, PROXY],
  ['https://a.example/x', { https_proxy: PROXY, HTTPS_PROXY: 'http://other/' }, PROXY],
  ['https://a.example/x', { ALL_PROXY: PROXY }, PROXY],
  ['https://a.example/x', { HTTPS_PROXY: 'proxy.example:3128' }, PROXY],
  ['https://a.example/x', { HTTP_PROXY: PROXY }, undefined],
  ['https://127.0.0.1/x', { HTTPS_PROXY: PROXY }, undefined],
  ['http://localhost/x', { HTTPS_PROXY: PROXY, ALL_PROXY: PROXY }, undefined],
  ['https://a.example/x', { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, undefined],
  ['https://a.example/x', { HTTPS_PROXY: PROXY, NO_PROXY: 'b.example, A.example' }, undefined],
  ['https://a.example/x', { HTTPS_PROXY: PROXY, NO_PROXY: '.example' }, undefined],
  ['https://a.example/x', { HTTPS_PROXY: PROXY, NO_PROXY: 'a.example:443' }, undefined],
  ['https://a.example/x', { HTTPS_PROXY: PROXY, NO_PROXY: 'a.example:8443' }, PROXY],
  ['https://nota.example/x', { HTTPS_PROXY: PROXY, NO_PROXY: 'a.example' }, PROXY],
  ['https://a.example/x', { HTTPS_PROXY: PROXY, no_proxy: 'a.example' }, undefined],
])('%s with %o', (url, env, proxy) => {
  expect(proxyFor(new URL(url), env)?.href).toBe(proxy);
});

it('refuses what is no HTTP proxy', () => {
  const expected =
    'UsageError: HTTPS_PROXY: expected the address of an http or https proxy, such as http://proxy.example:3128';
  expect(message(() => proxyFor(new URL('https://a.example'), { HTTPS_PROXY: 'socks5://a:1' }))).toBe(expected);
  expect(message(() => proxyFor(new URL('https://a.example'), { HTTPS_PROXY: 'http://[' }))).toBe(expected);
});

// A certificate for weights.example is made here and now, so that no key lies in the repository.
describe.skipIf(spawnSync('openssl', ['version']).status !== 0)('a tunnel', () => {
  const folder = mkdtempSync(join(tmpdir(), 'featurescope-tls-'));
  const servers: Server[] = [];
  const connects: string[] = [];
  let target: https.Server;

  const listen = async (server: Server) => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };

  /** Sends every tunnel to the target, whatever host it names, or refuses with a status. */
  const openProxy = (status = 200) => {
    const proxy = http.createServer();
    proxy.on('connect', ({ url, headers }, client, head) => {
      connects.push(`${url} ${headers['proxy-authorization'] ?? '-'}`);
      if (status !== 200) {
        client.end(`HTTP/1.1 ${status} Proxy Authentication Required\r\n\r\n`);
        return;
      }
      const upstream = net.connect((target.address() as AddressInfo).port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(client);
        client.pipe(upstream);
      });
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    return listen(proxy);
  };

  beforeAll(async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=weights.example', '-addext', 'subjectAltName=DNS:weights.example', '-days', '2'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    target = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      response.end(`${request.headers.host}${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    });
    await listen(target);
  });
  afterEach(() => {
    connects.length = 0;
    vi.unstubAllEnvs();
  });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  it('carries TLS to the server; the proxy’s password stays with the proxy; one tunnel serves two requests', async () => {
    // Node reads this at each connection; the next test shows that without it the certificate is refused.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const proxy = `http://ada:p%40ss@127.0.0.1:${await openProxy()}`;
    const client = openHttpClient({ env: { HTTPS_PROXY: proxy } });
    for (const path of ['/one', '/two']) {
      const response = await client.get(`https://weights.example${path}`);
      let body = '';
      for await (const chunk of response) body += chunk;
      expect(body).toBe(`weights.example${path} -`);
    }
    client.close();
    expect(connects).toEqual([`weights.example:443 Basic ${Buffer.from('ada:p@ss').toString('base64')}`]);
  });

  it('verifies the server’s certificate', async () => {
    const client = openHttpClient({ env: { HTTPS_PROXY: `http://127.0.0.1:${await openProxy()}` } });
    // Newer versions of Node add advice of their own.
    expect(await rejection(client.get('https://weights.example/x'))).toMatch(
      /^Error: weights\.example has no certificate to trust: self-signed certificate.* \(NODE_EXTRA_CA_CERTS names the file of a further authority\)$/,
    );
    client.close();
  });

  it('that the proxy refuses', async () => {
    const port = await openProxy(407);
    const client = openHttpClient({ env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
    expect(await rejection(client.get('https://weights.example/x'))).toBe(
      `Error: the proxy 127.0.0.1:${port} answers 407 Proxy Authentication Required for weights.example:443`,
    );
    client.close();
  });

  it('to a proxy that is not there', async () => {
    const port = await listen(net.createServer());
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const client = openHttpClient({ env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
    expect(await rejection(client.get('https://weights.example/x'))).toBe(
      `Error: the proxy 127.0.0.1:${port} cannot be used: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    client.close();
  });
});
