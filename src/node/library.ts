/** The two calls that most programs need: an image file to activations, and an image file to a run folder. */
import type { InputSize } from '../image/preprocess.js';
import type { Layer } from '../model/layer.js';
import type { Model } from '../model/model.js';
import { chooseLayers } from '../model/select-layers.js';
import { type Activation, type CaptureOptions, capture as captureTensor } from '../run/capture.js';
import type { Runtime } from '../run/runtime.js';
import type { Tensor } from '../tensor/tensor.js';
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
 * is too small for the network, and a UsageError for a layer that is not there.
 */
export async function* capture(
  model: Model,
  image: string | Tensor,
  { layers, runtime, size = RENDERER_DEFAULTS.size, ...options }: CaptureFileOptions = {},
): AsyncGenerator<Activation> {
  yield* captureTensor(model, typeof image === 'string' ? await readTensor(image, model, size) : image, {
    ...options,
    layers: chosen(model, layers),
    runtime: runtime ?? (await openRuntime()),
  });
}

export interface RenderFileOptions extends Shared, RunHooks, Partial<Omit<RendererOptions, 'layers'>> {}

/** One image file to a run folder, as `featurescope render` does. Throws a FeaturescopeError; then nothing of the run is left. */
export async function render(model: Model, imagePath: string, options: RenderFileOptions = {}): Promise<FinishedRun> {
  const { layers, runtime, onProgress, signal, ...rest } = options;
  const renderer = openRenderer(model, runtime ?? (await openRuntime()), {
    ...RENDERER_DEFAULTS,
    ...rest,
    layers: chosen(model, layers),
  });
  try {
    return await renderer.render(imagePath, { onProgress, signal });
  } finally {
    await renderer.close();
  }
}

async function readTensor(path: string, { input }: Model, size: InputSize | null): Promise<Tensor> {
  return networkInput(await readImage(path), input, size).tensor;
}

function chosen(model: Model, patterns: readonly string[] | undefined): readonly Layer[] {
  return chooseLayers(model.layers, { layers: patterns });
}
