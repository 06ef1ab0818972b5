/**
 * CRC-32 as PNG uses it: polynomial 0xEDB88320, reflected, all ones before and after (PNG third edition, annex D). Eight bytes
 * a step with eight tables (Kounavis and Berry, "A Systematic Approach to Building High Performance Software-Based CRC
 * Generators", 2005).
 */
const tables: usize = memory.data(8 * 256 * 4);

for (let byte: u32 = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >> 1) ^ 0xedb88320 : remainder >> 1;
  store<u32>(tables + 4 * byte, remainder);
}
for (let index: u32 = 256; index < 8 * 256; index++) {
  const shorter = load<u32>(tables + 4 * (index - 256));
  store<u32>(tables + 4 * index, (shorter >> 8) ^ entry(0, shorter & 255));
}

export function crc32(start: usize, end: usize): u32 {
  let crc: u32 = 0xffffffff;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const low = load<u32>(at) ^ crc;
    const high = load<u32>(at, 4);
    crc =
      entry(7, low & 255) ^
      entry(6, (low >> 8) & 255) ^
      entry(5, (low >> 16) & 255) ^
      entry(4, low >> 24) ^
      entry(3, high & 255) ^
      entry(2, (high >> 8) & 255) ^
      entry(1, (high >> 16) & 255) ^
      entry(0, high >> 24);
  }
  for (; at < end; at++) crc = (crc >> 8) ^ entry(0, (crc ^ load<u8>(at)) & 255);
  return ~crc;
}

function entry(table: u32, byte: u32): u32 {
  return load<u32>(tables + 4 * (256 * table + byte));
}
