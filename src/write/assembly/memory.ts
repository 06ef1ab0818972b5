/**
 * Memory beyond the static tables: what the caller wrote from `__heap_base` on, then scratch of this frame, and last the
 * file, which may grow. Nothing is freed: the next frame starts over.
 */

const PAGE_BITS: u32 = 16;
/** Loads and stores of whole vectors may reach this many bytes beyond the data. */
const PADDING: usize = 64;

let end: usize = __heap_base;

/** Makes room for `byteLength` bytes from `__heap_base` on, to be written by the caller; returns where they start. */
export function openInput(byteLength: usize): usize {
  end = __heap_base;
  return allocate(byteLength);
}

/** `byteLength` bytes of what an earlier frame left there, on a multiple of 16. */
export function allocate(byteLength: usize): usize {
  const start = end;
  end = (start + byteLength + PADDING + 15) & ~15;
  grow(end);
  return start;
}

/** Where the file starts, when all else has its place. */
export function allocateLast(): usize {
  return end;
}

/** Lets memory reach `limit`, and traps where there is no more. */
export function grow(limit: usize): void {
  const size = memory.size();
  const pages = (((limit + PADDING + 0xffff) >> PAGE_BITS) as i32) - size;
  // By half at least: each step costs the engine a look at all memory.
  if (pages > 0 && memory.grow(max(pages, size / 2)) < 0 && memory.grow(pages) < 0) unreachable();
}
