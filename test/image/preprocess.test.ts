import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError, UsageError } from '../../src/errors.js';
import { type Pixels, withoutAlpha } from '../../src/image/pixels.js';
import { type InputSize, type PreprocessOptions, preprocess } from '../../src/image/preprocess.js';
import { IMAGENET_MEAN, IMAGENET_STD } from '../../src/model/open-architecture.js';
import { formulaPixels } from './formula.js';
import { hasSharedImages, readSharedImage, SKIPPED, sha256 } from './shared-images.js';

const IMAGENET = { mean: IMAGENET_MEAN, std: IMAGENET_STD };

interface TensorCase {
  picture: string;
  size: InputSize;
  shape: [number, number, number];
  sha256: string;
  values: [number, number][];
}

const fixture: { tensors: TensorCase[]; contain: [number, number, number, number, number][] } = JSON.parse(
  readFileSync('test/fixtures/image/preprocess.json', 'utf8'),
);

function black(width: number, height: number): Pixels {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

function expectTensor(pixels: Pixels, { size, shape, values, sha256: expected }: TensorCase): void {
  const input = preprocess(pixels, { ...IMAGENET, size });
  expect(input.tensor.shape).toEqual([1, ...shape]);
  expect([input.pixels.height, input.pixels.width]).toEqual(shape.slice(1));
  for (const [index, value] of values) expect(input.tensor.data[index]).toBe(value);
  expect(sha256(input.tensor.data)).toBe(expected);
}

describe("the input tensor equals torchvision's, bit for bit", () => {
  const ofFormula = fixture.tensors.filter(({ picture }) => picture.startsWith('formula'));
  it.each(ofFormula)('$picture, $size', (testCase) => {
    const [width, height] = testCase.picture.replace('formula ', '').split('x').map(Number);
    expectTensor(formulaPixels(width!, height!), testCase);
  });

  const ofPhotos = fixture.tensors.filter(({ picture }) => !picture.startsWith('formula'));
  it.skipIf(!hasSharedImages).each(ofPhotos)(`$picture, $size${SKIPPED}`, async (testCase) => {
    expectTensor(await readSharedImage(testCase.picture), testCase);
  });
});

describe('the size of the input', () => {
  it("keeps the aspect as PIL's ImageOps.contain does", () => {
    const found = fixture.contain.map(([width, height, pixels]) => {
      const { to } = preprocess(black(width, height), { ...IMAGENET, size: { kind: 'longest', pixels } }).resize;
      return [width, height, pixels, to.width, to.height];
    });
    expect(found).toEqual(fixture.contain);
  });

  it('is at least 1 pixel', () => {
    const { tensor } = preprocess(black(2000, 1), { ...IMAGENET, size: { kind: 'longest', pixels: 30 } });
    expect(tensor.shape).toEqual([1, 3, 1, 30]);
  });

  it('is 600 on the longest side by default, with ImageNet mean and standard deviation', () => {
    const { tensor, resize } = preprocess(black(30, 40), { ...IMAGENET, size: { kind: 'longest', pixels: 600 } });
    expect(tensor.shape).toEqual([1, 3, 600, 450]);
    expect([0, 1, 2].map((channel) => tensor.data[channel * 600 * 450])).toEqual(
      [-2.1179039478302, -2.0357141494750977, -1.804444432258606].map(Math.fround),
    );
    expect(resize).toEqual({
      kind: 'longest',
      filter: 'bilinear',
      from: { width: 30, height: 40 },
      to: { width: 450, height: 600 },
    });
  });

  it('records the crop', () => {
    const { resize, pixels } = preprocess(formulaPixels(101, 64), { ...IMAGENET, size: { kind: 'crop', pixels: 56 } });
    expect(resize).toEqual({
      kind: 'crop',
      filter: 'bilinear',
      from: { width: 101, height: 64 },
      to: { width: 101, height: 64 },
      crop: { left: 22, top: 4, width: 56, height: 56 }, // 22.5 rounds to even
    });
    const { data } = formulaPixels(101, 64);
    expect([...pixels.data.subarray(0, 6)]).toEqual([...data.subarray((4 * 101 + 22) * 3, (4 * 101 + 24) * 3)]);
  });
});

describe('refusals', () => {
  const square: InputSize = { kind: 'exact', width: 2, height: 2 };
  it.each<[Partial<PreprocessOptions>, string]>([
    [
      { ...IMAGENET, size: { kind: 'longest', pixels: 0 } },
      'the image size must be a whole number of pixels from 1 to 16384, not 0',
    ],
    [
      { ...IMAGENET, size: { kind: 'exact', width: 20, height: 1.5 } },
      'the image size must be a whole number of pixels from 1 to 16384, not 1.5',
    ],
    [
      { ...IMAGENET, size: { kind: 'crop', pixels: 16385 } },
      'the image size must be a whole number of pixels from 1 to 16384, not 16385',
    ],
    [
      { ...IMAGENET, size: { kind: 'longest', pixels: Number.NaN } },
      'the image size must be a whole number of pixels from 1 to 16384, not NaN',
    ],
    [
      { ...IMAGENET, size: { kind: 'crop', pixels: 224, resize: 200 } },
      'the shorter side, resized to 200, is too short to crop 224 pixels from; resize it to at least 224',
    ],
    [
      { size: square, mean: [0, Number.POSITIVE_INFINITY, 0] },
      'the mean must be 3 (or, of a grey image, 1) finite float32 numbers, not [0,Infinity,0]',
    ],
    [
      { size: square, std: [1, 1, 0] },
      'the standard deviation must be 3 finite float32 numbers above 0, one a channel, not [1,1,0]',
    ],
    [
      { size: square, std: [1, 1e-60, 1] },
      'the standard deviation must be 3 finite float32 numbers above 0, one a channel, not [1,1e-60,1]',
    ],
    [
      { ...IMAGENET, size: { kind: 'exact', width: 16384, height: 16384 } },
      'the image of 3 x 200 pixels would be resized to 16384 x 16384, at most 16384 a side and 67108864 in all are ' +
        'possible; choose a smaller size or crop the image first',
    ],
    [
      { ...IMAGENET, size: { kind: 'crop', pixels: 1000 } },
      'the image of 3 x 200 pixels would be resized to 1142 x 76133, at most 16384 a side and 67108864 in all are ' +
        'possible; choose a smaller size or crop the image first',
    ],
  ])('%j', (options, message) => {
    const Kind = message.startsWith('the image of') ? InputError : UsageError;
    expect(() =>
      preprocess(black(3, 200), { ...IMAGENET, size: { kind: 'longest', pixels: 600 }, ...options }),
    ).toThrow(new Kind(message));
  });

  it('pixels of RGBA, until their alpha is taken off', () => {
    const rgba = { width: 2, height: 1, data: Uint8ClampedArray.of(255, 0, 51, 7, 102, 204, 153, 0) };
    const options: PreprocessOptions = {
      mean: [0, 0, 0],
      std: [1, 1, 1],
      size: { kind: 'exact', width: 2, height: 1 },
    };
    expect(() => preprocess({ ...rgba, data: new Uint8Array(rgba.data) }, options)).toThrow(
      new UsageError('pixels of 2 x 1 take 6 bytes of RGB, not 8; withoutAlpha() makes them of RGBA'),
    );
    expect([...preprocess(withoutAlpha(rgba), options).tensor.data]).toEqual(
      [1, 0.4, 0, 0.8, 0.2, 0.6].map(Math.fround),
    );
  });

  it('an image so elongated that resizing would not fit memory', () => {
    expect(() =>
      preprocess(black(1, 1_000_000), { ...IMAGENET, size: { kind: 'exact', width: 600, height: 600 } }),
    ).toThrow(
      new InputError(
        'the image of 1 x 1000000 pixels would be resized to 600 x 600, which is too elongated an image for that width; ' +
          'choose a smaller size or crop the image first',
      ),
    );
  });
});
