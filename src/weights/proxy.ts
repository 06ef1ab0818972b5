/**
 * Proxies from the environment, with curl's names and rules: HTTPS_PROXY, else ALL_PROXY, unless NO_PROXY names the
 * host; lower case goes first. https goes through a tunnel (CONNECT, RFC 9110 section 9.3.6), so a proxy sees no
 * content. Plain http goes to this machine only, without a proxy. SOCKS, and address blocks in NO_PROXY, are left out.
 */
import http, { type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { UsageError } from '../errors.js';
import { HttpProblem } from './http-problem.js';
import { isLoopback } from './remote-file.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** Throws a UsageError where the variable is not the address of an HTTP proxy. */
export function proxyFor(url: URL, env: Variables): URL | undefined {
  if (url.protocol !== 'https:' || isLoopback(url.hostname)) return undefined;
  const text = variable(env, 'https_proxy') ?? variable(env, 'all_proxy');
  if (text === undefined || isExempt(url, variable(env, 'no_proxy') ?? '')) return undefined;
  const spelled = /^\w+:\/\//.test(text) ? text : `http://${text}`;
  const proxy = URL.canParse(spelled) ? new URL(spelled) : undefined;
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  throw new UsageError(
    'HTTPS_PROXY: expected the address of an http or https proxy, such as http://proxy.example:3128',
  );
}

function variable(env: Variables, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}

/** `example.com` and `.example.com` stand for the domain and all below it, `host:8443` for one port, `*` for all. */
function isExempt({ hostname, port }: URL, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, host, onlyPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry)!;
      if (onlyPort !== undefined && onlyPort !== (port || '443')) return false;
      return hostname === host || hostname.endsWith(`.${host}`);
    });
}

/** An agent whose TLS connections run through the proxy. The proxy's name and password go to the proxy alone. */
export class TunnelAgent extends https.Agent {
  private readonly proxy: URL;
  private readonly stallMilliseconds: number;

  constructor(proxy: URL, stallMilliseconds: number, options: https.AgentOptions) {
    super(options);
    this.proxy = proxy;
    this.stallMilliseconds = stallMilliseconds;
  }

  override createConnection(
    options: RequestOptions,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { protocol, hostname, port, username, password } = this.proxy;
    const { request } = protocol === 'https:' ? https : http;
    const target = `${options.host?.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    const fail = (error: Error) => callback(error, undefined as unknown as Duplex);
    const connect = request({
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || (protocol === 'https:' ? 443 : 80),
      path: target,
      agent: false,
      headers: {
        host: target,
        ...(username && { 'proxy-authorization': `Basic ${credentials.toString('base64')}` }),
      },
    });
    connect.setTimeout(this.stallMilliseconds, () => connect.destroy(new Error('it does not answer')));
    connect.once('error', (cause) => {
      fail(new HttpProblem('unreachable', `the proxy ${this.proxy.host} cannot be used: ${cause.message}`, { cause }));
    });
    connect.once('connect', ({ statusCode, statusMessage }, socket) => {
      socket.setTimeout(0);
      if (statusCode === 200) {
        callback(null, tls.connect({ ...(options as tls.ConnectionOptions), socket }));
        return;
      }
      socket.destroy();
      const said = `${statusCode} ${statusMessage}`.trim();
      fail(new HttpProblem('final', `the proxy ${this.proxy.host} answers ${said} for ${target}`));
    });
    connect.end();
    return undefined;
  }
}
