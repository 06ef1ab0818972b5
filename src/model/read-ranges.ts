/** Many small reads as few larger ones, so that a reader over HTTP waits for a handful of requests. */
import type { ByteSource } from '../bytes/source.js';
import { ModelError } from '../errors.js';

/** Bytes [start, end). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Ranges this close are read together: 64 KiB arrive faster than another round trip. */
const MERGED_GAP_BYTES = 65_536;
/** A merged read stays below this, because a small tensor keeps the whole of it in memory. */
const MERGED_READ_BYTES = 4_194_304;
/** As many as a browser opens to one host. */
const READS_AT_ONCE = 6;

interface MergedRead {
  readonly start: number;
  end: number;
  /** Places in the caller's list. */
  readonly members: number[];
}

/**
 * The bytes of every range, in the order given. Results may share one buffer and start at any alignment. Every range
 * lies within 0..source.byteLength: that is the caller's check. Throws ModelError where the source yields fewer bytes.
 */
export async function readRanges(source: ByteSource, ranges: readonly ByteRange[]): Promise<Uint8Array[]> {
  const results = new Array<Uint8Array>(ranges.length);
  const queue = mergeRanges(ranges).values();
  const work = async () => {
    for (const { start, end, members } of queue) {
      const bytes = await source.slice(start, end);
      if (bytes.byteLength !== end - start) {
        throw new ModelError(
          `${source.name}: ${bytes.byteLength} of ${end - start} bytes came back from offset ${start}; ` +
            'the file changed while it was read, try again',
        );
      }
      for (const member of members) {
        const range = ranges[member]!;
        results[member] = bytes.subarray(range.start - start, range.end - start);
      }
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, work));
  return results;
}

/** One range of the source; the rules are those of `readRanges`. */
export async function readRange(source: ByteSource, start: number, end: number): Promise<Uint8Array> {
  const [bytes] = await readRanges(source, [{ start, end }]);
  return bytes!;
}

function mergeRanges(ranges: readonly ByteRange[]): MergedRead[] {
  const byStart = [...ranges.keys()].sort((a, b) => ranges[a]!.start - ranges[b]!.start);
  const reads: MergedRead[] = [];
  for (const member of byStart) {
    const { start, end } = ranges[member]!;
    const last = reads.at(-1);
    const mergedEnd = last === undefined ? end : Math.max(last.end, end);
    const joins =
      last !== undefined && start <= last.end + MERGED_GAP_BYTES && mergedEnd - last.start <= MERGED_READ_BYTES;
    if (joins || (last !== undefined && end <= last.end)) {
      last!.end = mergedEnd;
      last!.members.push(member);
    } else {
      reads.push({ start, end, members: [member] });
    }
  }
  return reads;
}
