import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { decodeImage, MAX_DECODED_PIXELS } from '../../src/node/decode-image.js';
import { hasSharedImages, readSharedImage, SKIPPED, sha256 } from '../image/shared-images.js';

/** Pillow's pixels; `rgb` in base64. */
const fixtures: Record<string, { width: number; height: number; rgb: string }> = JSON.parse(
  readFileSync('test/fixtures/image/decode.json', 'utf8'),
);

/** Pillow's pixels of ../shared/testdata/images; null where Pillow refuses. `grid` holds some, as [x, y, r, g, b]. */
const shared: Record<string, { width: number; height: number; sha256: string; grid?: number[][] } | null> = JSON.parse(
  readFileSync('test/fixtures/image/shared.json', 'utf8'),
);

function readFixture(name: string): Buffer {
  return readFileSync(`test/fixtures/image/decode/${name}`);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

describe('decodeImage equals Pillow', () => {
  /** Where the decoders differ, and by how many levels at most. */
  const exceptions: Record<string, number> = {
    'transparent.gif': 197, // black below full transparency, where Pillow keeps the palette's colour
    '444.avif': 1, // rounding
    '420.avif': 60, // chroma interpolation at the edge of a 21-pixel picture
  };

  it.each(Object.entries(fixtures))('%s', async (name, { width, height, rgb }) => {
    const pixels = await decodeImage(readFixture(name), name);
    expect([pixels.width, pixels.height]).toEqual([width, height]);
    expect(largestDifference(pixels.data, Buffer.from(rgb, 'base64'))).toBe(exceptions[name] ?? 0);
  });

  it('below the opaque part of a GIF', async () => {
    const { data } = await decodeImage(readFixture('transparent.gif'), 'transparent.gif');
    const pillow = Buffer.from(fixtures['transparent.gif']!.rgb, 'base64');
    const differing = [...data].map((value, i) => [value, pillow[i]!]).filter(([ours, theirs]) => ours !== theirs);
    expect(differing.length).toBeGreaterThan(0);
    expect(differing.every(([ours]) => ours === 0)).toBe(true);
  });
});

describe('a file cut short', () => {
  const names = ['orientation-1.jpg', 'progressive-444.jpg', 'rgba.png', 'lossy.webp', 'lossless-alpha.webp'].concat([
    'animation.gif',
    '420.avif',
    'rgb-lzw.tif',
    'palette.tif',
    'rgb-jpeg.tif',
  ]);

  it.each(names)('is an error or the whole picture, never a part: %s', async (name) => {
    const bytes = readFixture(name);
    const whole = sha256((await decodeImage(bytes, name)).data);
    for (let length = 0; length < bytes.length; length += 13) {
      const outcome = await decodeImage(bytes.subarray(0, length), name).catch((error: unknown) => error);
      if (outcome instanceof InputError) expect(outcome.message).toMatch(/^[^\n]+$/);
      else expect(sha256((outcome as { data: Uint8Array }).data), `${length} bytes`).toBe(whole);
    }
  });
});

describe('refusals', () => {
  /** A PNG whose header claims a size that its data does not have. */
  function pngClaiming(width: number, height: number): Buffer {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([1, 0, 0, 0, 0], 8);
    const chunks = [
      ['IHDR', header],
      ['IDAT', deflateSync(Buffer.alloc(100))],
      ['IEND', Buffer.alloc(0)],
    ] as const;
    const parts = chunks.map(([type, data]) => {
      const body = Buffer.concat([Buffer.from(type), data]);
      const chunk = Buffer.alloc(body.length + 8);
      chunk.writeUInt32BE(data.length, 0);
      chunk.set(body, 4);
      chunk.writeUInt32BE(crc32(body), body.length + 4);
      return chunk;
    });
    return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
  }

  const damagedPng = readFixture('rgb.png');
  damagedPng[400]! ^= 1;

  it.each<[string, Uint8Array, string]>([
    [
      'more pixels than Pillow takes',
      pngClaiming(30_000, 30_000),
      `x: the image has 30000 x 30000 = 900000000 pixels, at most ${MAX_DECODED_PIXELS} are decoded; reduce it first`,
    ],
    [
      'fewer pixels, but only claimed',
      pngClaiming(13_377, 13_377),
      'x: the PNG data is damaged or cut short [vipspng: libpng read error]; get the file again or export it anew',
    ],
    [
      'a flipped bit',
      damagedPng,
      'x: the PNG data is damaged or cut short [vipspng: libpng read error]; get the file again or export it anew',
    ],
    [
      'half a JPEG',
      readFixture('orientation-1.jpg').subarray(0, 700),
      'x: the JPEG data ends early (a truncated download?) [VipsJpeg: premature end of JPEG image]; ' +
        'get the file again or export it anew',
    ],
    [
      'floating-point samples',
      readFixture('refused-float.tif'),
      'x: the TIFF holds b-w float samples, expected 8- or 16-bit greyscale or RGB, or 8-bit CMYK; ' +
        'convert it to 8-bit RGB',
    ],
    [
      'a bare signature',
      Buffer.from('II*\0'),
      'x: the TIFF data is damaged or cut short; get the file again or export it anew',
    ],
  ])('%s', async (_, bytes, message) => {
    const error = await decodeImage(bytes, 'x').catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toBe(message);
  });
});

describe.skipIf(!hasSharedImages)(`every image of ../shared/testdata${SKIPPED}`, () => {
  const AGAIN = 'get the file again or export it anew';
  const EXPECTED = 'expected JPEG, PNG, WebP, AVIF, GIF or TIFF';
  const BMP = `this is a BMP image, ${EXPECTED}; convert it to PNG or JPEG`;
  const JPEG_CUT_SHORT = `the JPEG data ends early (a truncated download?) [VipsJpeg: premature end of JPEG image]; ${AGAIN}`;
  const GIF_CUT_SHORT = `the GIF data ends early (a truncated download?) [gifload_buffer: Unexpected end of GIF source data]; ${AGAIN}`;
  const PNG_DAMAGED = `the PNG data is damaged or cut short [vipspng: libpng read error]; ${AGAIN}`;
  /** Bytes between two markers of a JPEG: Pillow skips them, here any sign of damage is an error. */
  const jpegJunk = (count: number, marker: string) =>
    `the JPEG data is damaged or cut short [VipsJpeg: Corrupt JPEG data: ${count} extraneous bytes before marker ${marker}]; ${AGAIN}`;

  const refused: Record<string, string> = {
    'formats/hopper.heif': `this is a HEIC image, ${EXPECTED}; export it as JPEG`,
    'formats/star.avifs': `this is an AVIF image sequence, ${EXPECTED}; save one frame as AVIF, PNG or JPEG`,
    'formats/ultrahdr.jpg': JPEG_CUT_SHORT,
    'corrupt/bmp_badbitcount.bmp': BMP,
    'corrupt/bmp_badplanes.bmp': BMP,
    'corrupt/bmp_badrle.bmp': BMP,
    'corrupt/bmp_badwidth.bmp': BMP,
    'corrupt/broken.png': `the PNG data is damaged or cut short; ${AGAIN}`,
    'corrupt/broken_data_stream.png': PNG_DAMAGED,
    'corrupt/decompression_bomb.gif': GIF_CUT_SHORT,
    'corrupt/hopper_bad_exif.jpg': jpegJunk(1214, '0xd0'),
    'corrupt/jpeg_ff00_header.jpg': jpegJunk(4, '0xdb'),
    'corrupt/junk_jpeg_header.jpg': jpegJunk(5, '0xdb'),
    'corrupt/photoshop-200dpi-broken.jpg': jpegJunk(16, '0xe1'),
    'corrupt/skimage_truncated.jpg': JPEG_CUT_SHORT,
    'corrupt/truncated_app14.jpg': jpegJunk(1, '0xdb'),
    'corrupt/truncated_image.png': PNG_DAMAGED,
    'corrupt/truncated_jpeg.jpg': JPEG_CUT_SHORT,
    'corrupt/zero_width.gif': GIF_CUT_SHORT,
  };
  /** Decoded, but not to Pillow's very pixels. */
  const different: Record<string, string> = {
    'formats/exif_imagemagick_orientation.png':
      'its orientation is in an ImageMagick text chunk, which libvips does not read',
    'formats/transparent.gif': "black below full transparency, where Pillow keeps the palette's colour",
    'corrupt/unknown_compression_method.png': 'only its colour profile is broken, for which Pillow refuses it',
  };
  /** Largest differences on a grid of pixels, from another interpolation of chroma (over all pixels: 2, 30, 109, 1). */
  const avif: Record<string, number> = {
    'formats/exif.avif': 0,
    'formats/hopper.avif': 16,
    'formats/rot1mir0.avif': 96,
    'formats/transparency.avif': 1,
  };

  it.each(Object.keys(refused))('refused: %s', async (name) => {
    const error = await readSharedImage(name).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toBe(`${name}: ${refused[name]}`);
  });

  it.each(Object.entries(different))('decoded, with a difference: %s (%s)', async (name) => {
    const pixels = await readSharedImage(name);
    expect(sha256(pixels.data)).not.toBe(shared[name]?.sha256);
  });

  it.each(Object.entries(avif))('decoded within %s: at most %i levels', async (name, largest) => {
    const { width, data } = await readSharedImage(name);
    const grid = shared[name]!.grid!;
    const ours = grid.flatMap(([x, y]) => [...data.subarray((y! * width + x!) * 3, (y! * width + x!) * 3 + 3)]);
    expect(
      largestDifference(
        ours,
        grid.flatMap((point) => point.slice(2)),
      ),
    ).toBe(largest);
  });

  const others = Object.keys(shared).filter((name) => !(name in refused || name in different || name in avif));
  it.each(others)('equal: %s', async (name) => {
    const { width, height, data } = await readSharedImage(name);
    expect({ width, height, sha256: sha256(data) }).toEqual(shared[name]);
  });
});
