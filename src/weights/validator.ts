/** What tells one version of a remote file from the next (RFC 9110, sections 8.8 and 13.1.5). */
import type { IncomingMessage } from 'node:http';

/** For If-Range: a strong ETag, else the date of the last change; null where the server gives neither. */
export function validatorOf({ headers }: IncomingMessage): string | null {
  const { etag, 'last-modified': lastModified } = headers;
  if (etag?.startsWith('"')) return etag;
  return lastModified ?? null;
}

export interface ContentRange {
  readonly start: number;
  /** Exclusive, unlike the header's. */
  readonly end: number;
  readonly total: number;
}

/** Undefined where the header is absent, has no total, or is not a range. */
export function contentRangeOf({ headers }: IncomingMessage): ContentRange | undefined {
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers['content-range'] ?? '') ?? [];
  if (first === undefined) return undefined;
  const range = { start: Number(first), end: Number(last) + 1, total: Number(total) };
  return range.start < range.end && range.end <= range.total ? range : undefined;
}

/** The body's length where the server says it beforehand. */
export function contentLengthOf({ headers }: IncomingMessage): number | null {
  const length = headers['content-length'];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null;
}
