/**
 * GET over HTTP/1.1 (RFC 9110, 9112) with what fetch in Node 20 lacks: proxies, and a limit on silence. Redirects are
 * followed a few times, never from https to http. Cookies, caches and content encodings are left out.
 */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { describeSocketError, HttpProblem } from './http-problem.js';
import { proxyFor, TunnelAgent } from './proxy.js';
import { checkAddress, shownUrl } from './remote-file.js';

export interface HttpClient {
  /**
   * The answer, whatever its status; its body ends in an error where it stops early. Throws an HttpProblem, a
   * UsageError for an address that is not fetched, and the signal's reason.
   */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<IncomingMessage>;
  close(): void;
}

export interface HttpClientOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The longest wait for a byte. */
  readonly stallMilliseconds?: number;
  readonly signal?: AbortSignal;
}

const STALL_MILLISECONDS = 30_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const CONNECTIONS = { keepAlive: true, maxSockets: 6 };

export function openHttpClient(options: HttpClientOptions): HttpClient {
  const { env, signal, stallMilliseconds = STALL_MILLISECONDS } = options;
  const agents = new Map<string, http.Agent>();
  const reached = new Set<string>();

  const agentFor = (url: URL): http.Agent => {
    const proxy = proxyFor(url, env);
    const key = proxy?.href ?? url.protocol;
    const open = () => {
      if (proxy) return new TunnelAgent(proxy, stallMilliseconds, CONNECTIONS);
      return url.protocol === 'https:' ? new https.Agent(CONNECTIONS) : new http.Agent(CONNECTIONS);
    };
    const agent = agents.get(key) ?? open();
    agents.set(key, agent);
    return agent;
  };

  const send = (url: URL, headers: Readonly<Record<string, string>>) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      signal?.throwIfAborted();
      const { request } = url.protocol === 'https:' ? https : http;
      const outgoing = request(url, {
        agent: agentFor(url),
        headers: { 'user-agent': 'featurescope', 'accept-encoding': 'identity', ...headers },
        signal,
      });
      let answer: IncomingMessage | undefined;
      outgoing.setTimeout(stallMilliseconds, () => {
        const stall = new HttpProblem('transient', `${url.host} sent nothing for ${stallMilliseconds / 1000} s`);
        (answer ?? outgoing).destroy(stall);
      });
      outgoing.on('error', (cause) => {
        reject(signal?.aborted ? signal.reason : describeSocketError(cause, url, reached.has(url.host)));
      });
      outgoing.on('response', (message) => {
        answer = message;
        reached.add(url.host);
        resolve(message);
      });
      outgoing.end();
    });

  return {
    async get(url, headers = {}) {
      let address = checkAddress(url);
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const answer = await send(address, headers);
        const { location, 'content-encoding': encoding = 'identity' } = answer.headers;
        if (!REDIRECTS.has(answer.statusCode!) || location === undefined) {
          if (encoding === 'identity') return answer;
          answer.destroy();
          throw new HttpProblem('final', `${shownUrl(url)}: comes as ${encoding}, which nobody asked for`);
        }
        answer.destroy();
        address = followed(address, location);
      }
      throw new HttpProblem('final', `${shownUrl(url)}: leads to another address more than ${MAX_REDIRECTS} times`);
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function followed(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isDowngrade = to?.protocol === 'http:' && from.protocol === 'https:';
  if (to && !isDowngrade) {
    try {
      return checkAddress(to);
    } catch {
      // The user did not give this address, so it is not the user's mistake.
    }
  }
  const shown = to ? shownUrl(to) : 'what is no URL';
  throw new HttpProblem('final', `${shownUrl(from)}: leads to ${shown}; only https is followed`);
}
