/** The parts of the encoder that its own exports do not reach one by one. */
import { allocateLast, grow } from '../../../src/write/assembly/memory';
import { allocateTokens, beginStream, finishStream } from '../../../src/write/assembly/scanlines';

export { setCodeLengths, setCodes } from '../../../src/write/assembly/huffman';
export { openInput } from '../../../src/write/assembly/memory';
export { repeatScanline, writeLiterals, writeRuns } from '../../../src/write/assembly/scanlines';

export let stream: usize = 0;

export function begin(byteLength: u32, maxColumns: u32): void {
  allocateTokens(byteLength, maxColumns, 1);
  stream = allocateLast();
  grow(stream + 16);
  beginStream(stream);
}

/** Returns the stream's length. */
export function finish(): usize {
  return finishStream() - stream;
}
