/** What can go wrong with a request, told apart by what to do about it. */
import { shownUrl } from './remote-file.js';

/** `unreachable`: no server ever answered. `transient`: worth another try. `final`: another try would end alike. */
export type HttpProblemKind = 'unreachable' | 'transient' | 'final';

export class HttpProblem extends Error {
  readonly kind: HttpProblemKind;

  constructor(kind: HttpProblemKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

const UNREACHABLE = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN']);
const UNTRUSTED = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)|UNTRUSTED/;

/** From an error of node's sockets. `isReached`: this server has answered before, so it is there and may be again. */
export function describeSocketError(cause: unknown, url: URL, isReached: boolean): HttpProblem {
  if (cause instanceof HttpProblem) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (UNTRUSTED.test(code)) {
    const advice = 'NODE_EXTRA_CA_CERTS names the file of a further authority';
    return new HttpProblem('final', `${url.host} has no certificate to trust: ${message} (${advice})`, { cause });
  }
  const kind = UNREACHABLE.has(code) && !isReached ? 'unreachable' : 'transient';
  // An error of several addresses has a code and no message.
  return new HttpProblem(kind, `${url.host} cannot be reached: ${message || code}`, { cause });
}

const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

export function describeStatus(url: string, status: number, text: string | undefined): HttpProblem {
  const kind = TRANSIENT_STATUS.has(status) ? 'transient' : 'final';
  return new HttpProblem(kind, `${shownUrl(url)}: the server answers ${status} ${text ?? ''}`.trimEnd());
}
