/**
 * Camera RAW inside a TIFF container (DNG, CR2, NEF, ARW): the first picture of such a file is a small preview,
 * so decoding it as TIFF would silently show the network a thumbnail.
 * TIFF 6.0, section 2 (header, image file directory); DNG 1.7 (DNGVersion). BigTIFF, which no camera writes, is left out.
 */
const ENTRY_BYTES = 12;
const NEW_SUBFILE_TYPE = 254;
const REDUCED_RESOLUTION = 1;
const SUB_IFDS = 330;
const DNG_VERSION = 50706;

/** Whether a TIFF's first picture is a preview of RAW data; false for a file too broken to tell. */
export function isCameraRaw(bytes: Uint8Array): boolean {
  if (bytes.length < 10) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes[0] === 0x49;
  if (view.getUint16(2, littleEndian) !== 42) return false;
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > bytes.length) return false;
  const isCr2 = directory === 16 && bytes[8] === 0x43 && bytes[9] === 0x52 && bytes[10] === 2;
  if (isCr2) return true;

  const count = view.getUint16(directory, littleEndian);
  const available = Math.floor((bytes.length - directory - 2) / ENTRY_BYTES);
  let isReduced = false;
  let hasSubImages = false;
  for (let i = 0; i < Math.min(count, available); i++) {
    const entry = directory + 2 + i * ENTRY_BYTES;
    const tag = view.getUint16(entry, littleEndian);
    if (tag === DNG_VERSION) return true;
    if (tag === SUB_IFDS) hasSubImages = true;
    if (tag === NEW_SUBFILE_TYPE) isReduced = (view.getUint32(entry + 8, littleEndian) & REDUCED_RESOLUTION) !== 0;
  }
  return isReduced && hasSubImages;
}
