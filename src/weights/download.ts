/** One whole file from a server: resumed, repeated, checked for size and hash before it gets its name. */
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { ModelError } from '../errors.js';
import { describeStatus, HttpProblem } from './http-problem.js';
import { finishPart, PartFile, removePart } from './part-file.js';
import { checkByteLength, LENGTH_TOLERANCE, type RemoteFile, shownUrl } from './remote-file.js';
import { checkSpace, openMeter, type Transfer, withRetries } from './transfer.js';
import { contentLengthOf, contentRangeOf, validatorOf } from './validator.js';

/** What a whole file turned out to be. */
export interface FileFacts {
  readonly byteLength: number;
  /** Hexadecimal, 64 digits. */
  readonly sha256: string;
}

/**
 * Leaves the file at `path`, verified, and nothing there where it throws; what has arrived by then waits beside it for
 * the next call. `settle` runs when the bytes are verified, before the file has its name. The caller holds the lock.
 * Throws HttpProblem, ModelError (not the file that was expected), OutputError (no room) and what node:fs throws.
 */
export async function download(
  file: RemoteFile,
  path: string,
  transfer: Transfer,
  settle: (facts: FileFacts) => Promise<void>,
): Promise<void> {
  const partPath = `${path}.part`;
  const part = await PartFile.open(partPath, file.url);
  try {
    const report = openMeter(file.fileName, transfer);
    await withRetries(transfer, () => receive(file, part, transfer, report));
  } catch (cause) {
    await part.close();
    if (part.byteLength === 0) await removePart(partPath);
    throw cause;
  }
  await part.close();
  const facts = { byteLength: part.byteLength, sha256: part.digest() };
  if (!facts.sha256.startsWith(file.sha256Prefix ?? '')) {
    await removePart(partPath);
    throw new ModelError(
      `${shownUrl(file.url)}: the SHA-256 of its ${facts.byteLength} bytes begins with ${facts.sha256.slice(0, 8)}, ` +
        `expected ${file.sha256Prefix}; it is another file or was damaged on the way, and was not kept`,
    );
  }
  await settle(facts);
  await finishPart(partPath, path);
}

type Report = (done: number, total: number | null) => void;

/** One request for what is missing. */
async function receive(file: RemoteFile, part: PartFile, transfer: Transfer, report: Report): Promise<void> {
  if (part.isComplete) return;
  const { validator } = part.origin;
  const resumes = part.byteLength > 0 && validator !== null;
  const headers = resumes ? { range: `bytes=${part.byteLength}-`, 'if-range': validator } : undefined;
  const answer = await transfer.client.get(file.url, headers);
  try {
    await accept(answer, resumes, file, part);
    await checkSpace(dirname(part.path), (part.origin.byteLength ?? 0) - part.byteLength, transfer);
    report(part.byteLength, part.origin.byteLength);
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      if (part.byteLength + chunk.byteLength > longest(file, part)) throw tooLong(file, part);
      await part.append(chunk);
      report(part.byteLength, part.origin.byteLength);
    }
  } catch (cause) {
    throw transfer.signal?.aborted ? transfer.signal.reason : brokenOff(cause, answer, file, part);
  } finally {
    answer.destroy();
  }
  if (part.origin.byteLength !== null && !part.isComplete) throw brokenOff(undefined, answer, file, part);
}

/** Decides by the answer's head whether its body continues the part, replaces it, or is of no use. */
async function accept(answer: IncomingMessage, resumes: boolean, file: RemoteFile, part: PartFile): Promise<void> {
  const { url } = file;
  if (answer.statusCode === 200) {
    const byteLength = contentLengthOf(answer);
    checkByteLength(file, byteLength);
    await part.restart({ url, validator: validatorOf(answer), byteLength });
    return;
  }
  if (!resumes || (answer.statusCode !== 206 && answer.statusCode !== 416)) {
    throw describeStatus(url, answer.statusCode!, answer.statusMessage);
  }
  const range = contentRangeOf(answer);
  const { byteLength, validator } = part.origin;
  const continues =
    answer.statusCode === 206 &&
    range?.start === part.byteLength &&
    range.end === range.total &&
    (byteLength === null || byteLength === range.total) &&
    validatorOf(answer) === validator;
  if (continues) return;
  await part.restart({ url, validator: null, byteLength: null });
  throw new HttpProblem('transient', `${shownUrl(url)}: the server does not continue the file it began`);
}

function longest({ approximateByteLength }: RemoteFile, { origin }: PartFile): number {
  if (origin.byteLength !== null) return origin.byteLength;
  return approximateByteLength === null ? Infinity : approximateByteLength * (1 + LENGTH_TOLERANCE);
}

function tooLong(file: RemoteFile, part: PartFile): ModelError {
  const limit = Math.floor(longest(file, part));
  return new ModelError(
    `${shownUrl(file.url)}: the server sends more than the ${limit} bytes that the file should have`,
  );
}

/** The errors of a body that stops early are node's; those of a disk, and our own, go through. */
function brokenOff(cause: unknown, answer: IncomingMessage, { url }: RemoteFile, part: PartFile): unknown {
  if (cause !== undefined && (cause instanceof HttpProblem || answer.errored !== cause)) return cause;
  const of = part.origin.byteLength === null ? '' : ` of ${part.origin.byteLength}`;
  return new HttpProblem('transient', `${shownUrl(url)}: the connection broke after ${part.byteLength}${of} bytes`, {
    cause,
  });
}
