/** The two calls that most programs need: an image file to activations, and an image file to a run folder. */
import { UsageError } from '../errors.js';
import type { InputSize } from '../image/preprocess.js';
import { type Layer, TAPS } from '../model/layer.js';
import type { Model } from '../model/model.js';
import { chooseLayers } from '../model/select-layers.js';
import { type Activation, type CaptureOptions, capture as captureTensor } from '../run/capture.js';
import type { Runtime } from '../run/runtime.js';
import type { Tensor } from '../tensor/tensor.js';
import { checkKeys, checkOneOf, checkRendererOptions, checkSize, checkTexts } from './check-renderer-options.js';
import { networkInput } from './network-input.js';
import { openRuntime } from './open-runtime.js';
import { readImage } from './read-image.js';
import { openRenderer } from './renderer.js';
import { type FinishedRun, RENDERER_DEFAULTS, type RendererOptions, type RunHooks } from './renderer-options.js';

interface Shared {
  /** Paths or globs as in `--layers`. Default: every convolution. */
  readonly layers?: readonly string[];
  /** Default: the native runtime, else wasm. */
  readonly runtime?: Runtime;
}

export interface CaptureFileOptions extends Shared, Omit<CaptureOptions, 'layers'> {
  /** How an image file is resized. Default: the longest side becomes 600. */
  readonly size?: InputSize | null;
}

/**
 * The activations of an image file, or of a ready tensor [1, channels, height, width], layer by layer. Throws an InputError for an image that cannot be read or
 * is too small for the network, and a UsageError for an option or a layer that is not there.
 */
export async function* capture(
  model: Model,
  image: string | Tensor,
  options: CaptureFileOptions = {},
): AsyncGenerator<Activation> {
  checkKeys('capture', options, CAPTURE_OPTIONS);
  const { layers, runtime, size = RENDERER_DEFAULTS.size, ...rest } = options;
  checkSize(size);
  checkOneOf('tap', rest.tap ?? RENDERER_DEFAULTS.tap, TAPS);
  yield* captureTensor(model, typeof image === 'string' ? await readTensor(image, model, size) : image, {
    ...rest,
    layers: chosen(model, layers),
    runtime: runtime ?? (await openRuntime()),
  });
}

const CAPTURE_OPTIONS = ['layers', 'runtime', 'size', 'tap', 'byteBudget', 'classify'];

export interface RenderFileOptions extends Shared, RunHooks, Partial<Omit<RendererOptions, 'layers'>> {}

/** One image file to a run folder, as `featurescope render` does. Throws a FeaturescopeError; then nothing of the run is left. */
export async function render(model: Model, imagePath: string, options: RenderFileOptions = {}): Promise<FinishedRun> {
  checkKeys('render', options, RENDER_OPTIONS);
  const { layers, runtime, onProgress, signal, ...rest } = options;
  const settled = { ...RENDERER_DEFAULTS, ...given(rest) };
  checkRendererOptions(settled);
  const chosenLayers = chosen(model, layers);
  const renderer = openRenderer(model, runtime ?? (await openRuntime()), { ...settled, layers: chosenLayers });
  try {
    return await renderer.render(imagePath, { onProgress, signal });
  } finally {
    await renderer.close();
  }
}

const RENDER_OPTIONS = ['layers', 'runtime', 'onProgress', 'signal', ...Object.keys(RENDERER_DEFAULTS)];

/** Without what is undefined, which stands for the default. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

async function readTensor(path: string, { input }: Model, size: InputSize | null): Promise<Tensor> {
  return networkInput(await readImage(path), input, size).tensor;
}

function chosen(model: Model, patterns: readonly string[] | undefined): readonly Layer[] {
  if (patterns !== undefined) checkTexts('layers', patterns);
  if (patterns?.length === 0) {
    throw new UsageError('layers is [], expected at least one; leave it out for every convolution');
  }
  return chooseLayers(model.layers, { layers: patterns });
}
