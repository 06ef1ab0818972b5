import { describe, expect, it } from 'vitest';
import { checkRendererOptions } from '../../src/node/check-renderer-options.js';
import { capture, render } from '../../src/node/library.js';
import { RENDERER_DEFAULTS } from '../../src/node/renderer-options.js';

/** Never opened: every option here is refused before. */
const MODEL = { layers: [] } as never;
const scale = RENDERER_DEFAULTS.scale;
const style = RENDERER_DEFAULTS.style;
const frameRate = { numerator: 24, denominator: 1 };

describe('render refuses, before any work,', () => {
  const cases: [options: object, message: string][] = [
    [{ cmap: 'gray' }, "render: no option 'cmap'; the nearest are tap, size, scale"],
    [{ tap: 'relu' }, "tap is 'relu', expected one of conv, bn, act"],
    [{ scale: 'layer' }, "scale is 'layer', expected an object of by, range, percentile, symmetric"],
    [{ scale: { ...scale, by: 'map' } }, "scale.by is 'map', expected one of filter, layer, model, fixed"],
    [
      { scale: { ...scale, range: { lo: 0, hi: 1 } } },
      'scale.range is { lo: 0, hi: 1 }, expected null with a scale by filter',
    ],
    [
      { scale: { ...scale, by: 'fixed', range: { lo: 1, hi: 0 } } },
      'range 1,0: expected two finite numbers LO,HI with LO below HI, such as -1,1',
    ],
    [
      { scale: { ...scale, by: 'fixed' } },
      "scale is { by: 'fixed', range: null, percentile: null, symmetric: false }, expected by fixed to have a range, percentile null and symmetric false",
    ],
    [
      { scale: { ...scale, percentile: [99, 1] } },
      'scale.percentile is [ 99, 1 ], expected [lo, hi] with 0 <= lo < hi <= 100',
    ],
    [{ style: { ...style, colormap: 'virids' } }, "unknown colormap 'virids'; the nearest names are viridis, "],
    [{ style: { colormap: 'gray' } }, 'style.smooth is undefined, expected true or false'],
    [{ frameSize: 0.5 }, 'frameSize is 0.5, expected a whole number from 1 to 16384'],
    [{ frameSize: '400' }, "frameSize is '400', expected a whole number from 1 to 16384"],
    [
      { frameSize: { width: 20, height: 20_000 } },
      'frameSize.height is 20000, expected a whole number from 1 to 16384',
    ],
    [{ frameSize: null }, 'frameSize is null, expected an object of width, height'],
    [{ size: '600x400' }, "size is '600x400', expected an object of kind, pixels, width, height, resize"],
    [{ size: { kind: 'squash', pixels: 64 } }, "size.kind is 'squash', expected one of longest, exact, crop"],
    [{ images: false }, 'images: false without a video leaves nothing to make; add a video'],
    [{ video: true }, 'video is true, expected an object of file, frameRate'],
    [
      { video: { file: 'manifest.json', frameRate } },
      "video.file 'manifest.json': the run folder has its own file of that name; choose another such as activations.avi",
    ],
    [
      { video: { file: 'maps.avi', frameRate: 24 } },
      'video.frameRate is 24, expected an object of numerator, denominator',
    ],
    [
      { video: { file: 'maps.avi', frameRate: { ...frameRate, denominator: 0 } } },
      'video.frameRate.denominator is 0, expected a whole number from 1 to 4294967295',
    ],
    [{ out: '' }, "out is '', expected text that is not empty"],
    [{ layers: 'conv1' }, "layers is 'conv1', expected an array of texts"],
    [{ layers: [] }, 'layers is [], expected at least one; leave it out for every convolution'],
  ];
  it.each(cases)('%j', async (options, expected) => {
    const error = await render(MODEL, 'none.png', options).then(
      () => 'done',
      (cause) => `${cause.name}: ${cause.message}`,
    );
    expect(error.slice(0, `UsageError: ${expected}`.length)).toBe(`UsageError: ${expected}`);
  });
});

it('accepts the defaults, and a scale and video of its own', () => {
  checkRendererOptions(RENDERER_DEFAULTS);
  checkRendererOptions({
    ...RENDERER_DEFAULTS,
    scale: { by: 'fixed', range: { lo: -1, hi: 1 }, percentile: null, symmetric: false },
    frameSize: { width: 16_384, height: 1 },
    images: false,
    video: { file: 'maps.avi', frameRate },
  });
});

it('capture refuses an unknown tap and option', async () => {
  const first = (options: object) => capture(MODEL, 'none.png', options).next();
  await expect(first({ tap: 'relu' })).rejects.toThrow("tap is 'relu', expected one of conv, bn, act");
  await expect(first({ layer: ['conv1'] })).rejects.toThrow(
    "capture: no option 'layer'; the nearest are layers, size, tap",
  );
});
