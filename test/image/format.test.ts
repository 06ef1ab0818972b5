import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { imageFormat } from '../../src/image/format.js';

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A TIFF of nothing but one directory of LONG entries [tag, value]. */
function tiff(entries: readonly (readonly [number, number])[], littleEndian = true): Uint8Array {
  const bytes = new Uint8Array(8 + 2 + entries.length * 12 + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(latin1(littleEndian ? 'II*\0' : 'MM\0*'));
  view.setUint32(4, 8, littleEndian);
  view.setUint16(8, entries.length, littleEndian);
  entries.forEach(([tag, value], i) => {
    view.setUint16(10 + i * 12, tag, littleEndian);
    view.setUint16(12 + i * 12, 4, littleEndian);
    view.setUint32(14 + i * 12, 1, littleEndian);
    view.setUint32(18 + i * 12, value, littleEndian);
  });
  return bytes;
}

const NEW_SUBFILE_TYPE = 254;
const SUB_IFDS = 330;
const DNG_VERSION = 50706;

describe('imageFormat', () => {
  it.each([
    ['JPEG', '\xff\xd8\xff\xe0'],
    ['PNG', '\x89PNG\r\n\x1a\n'],
    ['GIF', 'GIF87a'],
    ['GIF', 'GIF89a'],
    ['WebP', 'RIFF\x20\0\0\0WEBPVP8 '],
    ['AVIF', '\0\0\0\x1cftypavif\0\0\0\0mif1miaf'],
    ['AVIF', '\0\0\0\x1cftypmif1\0\0\0\0mif1avif'],
    ['TIFF', 'MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10'],
    ['TIFF', 'II*\0\xff\xff\xff\xff\0\0\0\0'],
  ])('%s: %j', (format, start) => {
    expect(imageFormat(latin1(start), 'x')).toBe(format);
  });

  it('reads bytes that lie inside a larger buffer', () => {
    const outer = latin1('......\0\0\0\x18ftypavif\0\0\0\0avifmif1');
    expect(imageFormat(outer.subarray(6), 'x')).toBe('AVIF');
  });

  const EXPECTED = 'expected JPEG, PNG, WebP, AVIF, GIF or TIFF';
  it.each([
    ['', 'x: the file is empty; expected a JPEG, PNG, WebP, AVIF, GIF or TIFF image'],
    ['BM\x3e\x04\0\0', `x: this is a BMP image, ${EXPECTED}; convert it to PNG or JPEG`],
    ['%PDF-1.7', `x: this is a PDF document, ${EXPECTED}; export the page as PNG`],
    ['\xff\x0a\xfa\x1f', `x: this is a JPEG XL image, ${EXPECTED}; convert it to PNG or JPEG`],
    ['\0\0\0\x0cJXL \r\n\x87\n', `x: this is a JPEG XL image, ${EXPECTED}; convert it to PNG or JPEG`],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', `x: this is a HEIC image, ${EXPECTED}; export it as JPEG`],
    [
      '\0\0\0\x18ftypavis\0\0\0\0avisavif',
      `x: this is an AVIF image sequence, ${EXPECTED}; save one frame as AVIF, PNG or JPEG`,
    ],
    ['\0\0\0\x18ftypcrx \0\0\0\x01crx isom', `x: this is a camera RAW file, ${EXPECTED}; develop it to JPEG or TIFF`],
    ['\0\0\0\x18ftypmp42\0\0\0\0', `x: this is a video or another MP4-like file, ${EXPECTED}; save one frame as PNG`],
    ['PK\x03\x04\0\0', `x: this is a zip archive (a model checkpoint?), ${EXPECTED}; give the image file`],
    [`${'\0'.repeat(128)}DICM`, `x: this is a DICOM image, ${EXPECTED}; convert it to PNG or JPEG`],
    ['<?xml version="1.0"?>\n<svg width="1">', `x: this is an SVG drawing, ${EXPECTED}; export it as PNG`],
    ['\n<!DOCTYPE html><html>', `x: this is a web page, ${EXPECTED}; download the image itself`],
    ['P6\n3 2\n255\n\0\0\0', `x: this is a Netpbm image, ${EXPECTED}; convert it to PNG or JPEG`],
    [
      'version https://git-lfs.github.com/spec/v1\noid sha256:00',
      `x: this is a Git LFS pointer, ${EXPECTED}; fetch the image with \`git lfs pull\``,
    ],
    ['Gr\xfc\xdfe\tan alle\r\n', `x: this is a text file, ${EXPECTED}; give an image file`],
    [
      'RIFF\x20\0\0\0WAVEfmt ',
      'x: not a JPEG, PNG, WebP, AVIF, GIF or TIFF image: it begins with 52 49 46 46 20 00 00 00; is it an image file?',
    ],
    ['\x89PN\0', 'x: not a JPEG, PNG, WebP, AVIF, GIF or TIFF image: it begins with 89 50 4e 00; is it an image file?'],
  ])('refuses %j', (start, message) => {
    expect(() => imageFormat(latin1(start), 'x')).toThrow(new InputError(message));
  });
});

describe('a TIFF container', () => {
  const RAW = new InputError(
    'x: this is a camera RAW file, expected JPEG, PNG, WebP, AVIF, GIF or TIFF; develop it to JPEG or TIFF',
  );

  it.each([true, false])('of camera RAW is refused, not read as its thumbnail (little endian: %s)', (littleEndian) => {
    const preview = [NEW_SUBFILE_TYPE, 1] as const;
    expect(() => imageFormat(tiff([preview, [SUB_IFDS, 500]], littleEndian), 'x')).toThrow(RAW);
    expect(() => imageFormat(tiff([[DNG_VERSION, 0x01040000]], littleEndian), 'x')).toThrow(RAW);
  });

  it('of a CR2 is refused', () => {
    expect(() => imageFormat(latin1('II*\0\x10\0\0\0CR\x02\0\0\0\0\0\0\0'), 'x')).toThrow(RAW);
  });

  it('with a page that is not a preview, or a preview alone, is a TIFF', () => {
    expect(
      imageFormat(
        tiff([
          [NEW_SUBFILE_TYPE, 2],
          [SUB_IFDS, 500],
        ]),
        'x',
      ),
    ).toBe('TIFF');
    expect(imageFormat(tiff([[NEW_SUBFILE_TYPE, 1]]), 'x')).toBe('TIFF');
  });

  it('cut anywhere is left to the decoder', () => {
    const bytes = tiff([
      [NEW_SUBFILE_TYPE, 0],
      [SUB_IFDS, 500],
    ]);
    for (let length = 4; length < bytes.length; length++)
      expect(imageFormat(bytes.subarray(0, length), 'x')).toBe('TIFF');
  });
});
