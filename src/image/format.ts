/**
 * Which image format a file's first bytes announce. Only formats that every runtime here decodes the same way are
 * admitted; the others are recognised so that the message can say what the file is and what to do with it.
 */
import { InputError } from '../errors.js';
import { isCameraRaw } from './camera-raw.js';

export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'AVIF' | 'GIF' | 'TIFF';

const ADMITTED = 'JPEG, PNG, WebP, AVIF, GIF or TIFF';
const CONVERT = 'convert it to PNG or JPEG';

/** Bytes that start a file; `at` is where they lie. */
interface Signature {
  readonly magic: string;
  readonly at?: number;
}

const ADMITTED_SIGNATURES: readonly (Signature & { readonly format: ImageFormat })[] = [
  { format: 'JPEG', magic: '\xff\xd8\xff' },
  { format: 'PNG', magic: '\x89PNG\r\n\x1a\n' },
  { format: 'GIF', magic: 'GIF87a' },
  { format: 'GIF', magic: 'GIF89a' },
  { format: 'TIFF', magic: 'II*\0' },
  { format: 'TIFF', magic: 'MM\0*' },
  { format: 'TIFF', magic: 'II+\0' }, // BigTIFF
  { format: 'TIFF', magic: 'MM\0+' },
];

const REFUSED_SIGNATURES: readonly (Signature & { readonly what: string; readonly advice: string })[] = [
  { magic: 'BM', what: 'a BMP image', advice: CONVERT },
  { magic: '%PDF', what: 'a PDF document', advice: 'export the page as PNG' },
  { magic: '\xff\x0a', what: 'a JPEG XL image', advice: CONVERT },
  { magic: '\0\0\0\x0cJXL ', what: 'a JPEG XL image', advice: CONVERT },
  { magic: '\0\0\0\x0cjP  ', what: 'a JPEG 2000 image', advice: CONVERT },
  { magic: '\xff\x4f\xff\x51', what: 'a JPEG 2000 image', advice: CONVERT },
  { magic: '8BPS', what: 'a Photoshop document', advice: 'export it as PNG or JPEG' },
  { magic: '\0\0\x01\0', what: 'a Windows icon', advice: CONVERT },
  { magic: '\x76\x2f\x31\x01', what: 'an OpenEXR image', advice: CONVERT },
  { magic: '#?', what: 'a Radiance HDR image', advice: CONVERT },
  { magic: 'FUJIFILMCCD-RAW', what: 'a camera RAW file', advice: 'develop it to JPEG or TIFF' },
  { magic: 'IIRO', what: 'a camera RAW file', advice: 'develop it to JPEG or TIFF' },
  { magic: 'IIU\0', what: 'a camera RAW file', advice: 'develop it to JPEG or TIFF' },
  { magic: 'DICM', at: 128, what: 'a DICOM image', advice: CONVERT },
  { magic: '\x93NUMPY', what: 'a NumPy array', advice: 'save it as PNG' },
  { magic: 'PK\x03\x04', what: 'a zip archive (a model checkpoint?)', advice: 'give the image file' },
  { magic: '\x1f\x8b', what: 'a gzip archive', advice: 'unpack it and give the image file' },
  { magic: 'version https://git-lfs', what: 'a Git LFS pointer', advice: 'fetch the image with `git lfs pull`' },
];

/** The brands of an ISO base media file (ISO/IEC 14496-12, 4.3) that name a still picture or a camera's RAW. */
const HEIF_BRANDS = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1'];

/**
 * The format of an encoded image, by its first bytes and never by the file's name.
 * Throws InputError, which begins with `name`, for anything that is not admitted.
 */
export function imageFormat(bytes: Uint8Array, name: string): ImageFormat {
  if (bytes.length === 0) throw new InputError(`${name}: the file is empty; expected a ${ADMITTED} image`);
  const admitted = ADMITTED_SIGNATURES.find((signature) => hasSignature(bytes, signature));
  if (admitted?.format === 'TIFF' && isCameraRaw(bytes)) {
    throw refusal(name, 'a camera RAW file', 'develop it to JPEG or TIFF');
  }
  if (admitted) return admitted.format;
  if (hasSignature(bytes, { magic: 'RIFF' }) && hasSignature(bytes, { magic: 'WEBP', at: 8 })) return 'WebP';
  if (hasSignature(bytes, { magic: 'ftyp', at: 4 })) return isoMediaFormat(bytes, name);

  const refused = REFUSED_SIGNATURES.find((signature) => hasSignature(bytes, signature));
  if (refused) throw refusal(name, refused.what, refused.advice);
  throw textRefusal(bytes, name);
}

/** AVIF shares its container with HEIC, RAW and video; the brands in the leading `ftyp` box tell them apart. */
function isoMediaFormat(bytes: Uint8Array, name: string): ImageFormat {
  const boxByteLength = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const major = latin1(bytes, 8, 12);
  const brands: readonly string[] = latin1(bytes, 16, Math.min(boxByteLength, 256)).match(/.{4}/gs) ?? [];
  if (major === 'avis') throw refusal(name, 'an AVIF image sequence', 'save one frame as AVIF, PNG or JPEG');
  if (major === 'avif' || (major === 'mif1' && brands.includes('avif'))) return 'AVIF';
  if (HEIF_BRANDS.includes(major)) throw refusal(name, 'a HEIC image', 'export it as JPEG');
  if (major === 'crx ') throw refusal(name, 'a camera RAW file', 'develop it to JPEG or TIFF');
  throw refusal(name, 'a video or another MP4-like file', 'save one frame as PNG');
}

function textRefusal(bytes: Uint8Array, name: string): InputError {
  const start = latin1(bytes, 0, 1024);
  if (/<svg[\s>]/i.test(start)) return refusal(name, 'an SVG drawing', 'export it as PNG');
  if (/^\s*<(!doctype html|html)/i.test(start)) return refusal(name, 'a web page', 'download the image itself');
  if (/^P[1-7]\s/.test(start)) return refusal(name, 'a Netpbm image', CONVERT);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what text has none of
  if (!/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(start)) return refusal(name, 'a text file', 'give an image file');
  const found = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return new InputError(`${name}: not a ${ADMITTED} image: it begins with ${found}; is it an image file?`);
}

function refusal(name: string, what: string, advice: string): InputError {
  return new InputError(`${name}: this is ${what}, expected ${ADMITTED}; ${advice}`);
}

function hasSignature(bytes: Uint8Array, { magic, at = 0 }: Signature): boolean {
  return latin1(bytes, at, at + magic.length) === magic;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
