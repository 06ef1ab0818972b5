/** A file on a server, and the rules for addresses. */
import { createHash } from 'node:crypto';
import { ModelError, UsageError } from '../errors.js';

/** All of the catalogue's files lie here. */
export const OFFICIAL_FOLDER = 'https://download.pytorch.org/models/';

/** How far a file's length may be from what is known of it. */
export const LENGTH_TOLERANCE = 0.01;

export interface RemoteFile {
  readonly url: string;
  /** Its name in the cache: safe on every platform, and never two files' name. */
  readonly fileName: string;
  /** Hexadecimal start of the SHA-256; null where nobody has said it. */
  readonly sha256Prefix: string | null;
  /** Within one percent; null where nobody has said it. */
  readonly approximateByteLength: number | null;
}

/** A file whose content nobody has vouched for: its length and TLS are all there is to check at the first fetch. */
export function fileAtUrl(url: string): RemoteFile {
  const parsed = checkAddress(url);
  parsed.hash = '';
  const hash = createHash('sha256').update(parsed.href).digest('hex').slice(0, 16);
  const name = parsed.pathname
    .split('/')
    .at(-1)!
    .replaceAll(/[^\w.-]+/g, '_')
    .slice(-80);
  return { url: parsed.href, fileName: `url-${hash}-${name}`, sha256Prefix: null, approximateByteLength: null };
}

/** The address to fetch an official URL from: FEATURESCOPE_MIRROR stands for `https://download.pytorch.org/models`. */
export function mirrored(url: string, mirror: string | undefined): string {
  if (!mirror || !url.startsWith(OFFICIAL_FOLDER)) return url;
  return `${mirror.replace(/\/+$/, '')}/${url.slice(OFFICIAL_FOLDER.length)}`;
}

/** Throws a ModelError where the length that a server announces is far from what is known. */
export function checkByteLength({ url, approximateByteLength: expected }: RemoteFile, byteLength: number | null): void {
  if (expected === null || byteLength === null) return;
  if (Math.abs(byteLength - expected) <= expected * LENGTH_TOLERANCE) return;
  throw new ModelError(
    `${shownUrl(url)}: the server announces ${byteLength} bytes, expected about ${expected}; ` +
      'it is another file, or the sign-in page of a network',
  );
}

/** https, or http to this machine. Throws a UsageError for anything else. */
export function checkAddress(url: string | URL): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw new UsageError(`${url}: not a URL`, { cause });
  }
  if (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLoopback(parsed.hostname))) return parsed;
  throw new UsageError(`${shownUrl(parsed)}: only https is fetched (http from this machine alone); give an https URL`);
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/** Without credentials and query, which may be secrets. */
export function shownUrl(url: string | URL): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
