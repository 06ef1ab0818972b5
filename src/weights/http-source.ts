/** A remote file read by range (RFC 9110, section 14), so that a reader of files reads it as it is. */
import type { ByteSource } from '../bytes/source.js';
import { ModelError } from '../errors.js';
import { describeStatus, HttpProblem } from './http-problem.js';
import { shownUrl } from './remote-file.js';
import { type Transfer, withRetries } from './transfer.js';
import { contentRangeOf, validatorOf } from './validator.js';

/**
 * Undefined where the server sends no ranges, or nothing by which a changed file would be noticed; then only the whole
 * file will do. `slice` throws a ModelError where the file has changed since, else what the client throws.
 */
export async function openHttpSource(url: string, transfer: Transfer): Promise<ByteSource | undefined> {
  const { client } = transfer;
  const name = shownUrl(url);
  const opened = await withRetries(transfer, async () => {
    const answer = await client.get(url, { range: 'bytes=0-0' });
    answer.destroy();
    if (answer.statusCode === 200 || answer.statusCode === 416) return undefined;
    if (answer.statusCode !== 206) throw describeStatus(url, answer.statusCode!, answer.statusMessage);
    const validator = validatorOf(answer);
    const range = contentRangeOf(answer);
    if (validator === null || range?.start !== 0 || range.end !== 1) return undefined;
    return { validator, byteLength: range.total };
  });
  if (opened === undefined) return undefined;
  const { validator, byteLength } = opened;

  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const answer = await client.get(url, { range: `bytes=${start}-${end - 1}`, 'if-range': validator });
    const { statusCode, statusMessage } = answer;
    try {
      const range = contentRangeOf(answer);
      const hasChanged =
        statusCode === 200 ||
        statusCode === 412 ||
        (statusCode === 206 && (validatorOf(answer) !== validator || range?.total !== byteLength));
      if (hasChanged) throw new ModelError(`${name}: the file changed on the server while it was read; try again`);
      if (statusCode !== 206) throw describeStatus(url, statusCode!, statusMessage);
      if (range?.start !== start || range.end !== end) {
        const sent = answer.headers['content-range'];
        throw new ModelError(`${name}: the server sends the range '${sent}', expected bytes ${start}-${end - 1}`);
      }
      const bytes = new Uint8Array(end - start);
      let done = 0;
      for await (const chunk of answer as AsyncIterable<Uint8Array>) {
        if (chunk.byteLength > bytes.byteLength - done) {
          throw new ModelError(`${name}: the server sends more than the ${bytes.byteLength} bytes of a range`);
        }
        bytes.set(chunk, done);
        done += chunk.byteLength;
      }
      if (done === bytes.byteLength) return bytes;
      throw new HttpProblem('transient', `${name}: ${done} of the ${bytes.byteLength} bytes of a range arrived`);
    } catch (cause) {
      if (answer.errored !== cause || cause instanceof HttpProblem) throw cause;
      if (transfer.signal?.aborted) throw transfer.signal.reason;
      throw new HttpProblem('transient', `${name}: the connection broke in a range of bytes`, { cause });
    } finally {
      answer.destroy();
    }
  };

  return {
    name,
    byteLength,
    slice: (start, end) =>
      start === end ? Promise.resolve(new Uint8Array()) : withRetries(transfer, () => read(start, end)),
  };
}
