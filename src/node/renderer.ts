/** Renders image files into run folders, with one model, one runtime and one set of threads for all of them. */
import type { InputSize } from '../image/preprocess.js';
import type { Layer, Tap } from '../model/layers.js';
import type { ImageSize, Model } from '../model/model.js';
import { type Capture, openCapture } from '../run/capture.js';
import type { Runtime } from '../run/runtime.js';
import type { Scale } from '../run/scale.js';
import type { FrameRate } from '../write/avi.js';
import type { Manifest } from '../write/manifest.js';
import { openFramePool } from './frame-pool.js';
import { hashFile } from './hash-file.js';
import { renderFile } from './render-file.js';

export interface RendererOptions {
  readonly size: InputSize;
  readonly layers: readonly Layer[];
  readonly tap: Tap;
  readonly scale: Scale;
  /** Frames in pixels: both sides, or the longest side with the aspect of the network's input. */
  readonly frameSize: number | { readonly width: number; readonly height: number };
  readonly style: { readonly colormap: string; readonly smooth: boolean; readonly legend: boolean };
  readonly images: boolean;
  /** Null for none. A relative file name is inside the run folder. */
  readonly video: { readonly file: string; readonly frameRate: FrameRate } | null;
  /** Root of the run folders. */
  readonly out: string;
  /** For the manifest. */
  readonly command: readonly string[];
}

export const RENDERER_DEFAULTS: Omit<RendererOptions, 'layers'> = {
  size: { kind: 'longest', pixels: 600 },
  tap: 'conv',
  scale: { by: 'filter', range: null, percentile: null, symmetric: false },
  frameSize: 400,
  style: { colormap: 'viridis', smooth: false, legend: false },
  images: true,
  video: null,
  out: 'output',
  command: [],
};

export interface RunHooks {
  /** Called as frames are finished. */
  readonly onProgress?: ((framesDone: number, frameCount: number) => void) | undefined;
  /** Stops the run; then nothing of it is left. */
  readonly signal?: AbortSignal | undefined;
}

export interface FinishedRun {
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface Renderer {
  /** Throws an InputError, ModelError or OutputError; then nothing of the run is left. */
  render(imagePath: string, hooks?: RunHooks): Promise<FinishedRun>;
  close(): Promise<void>;
}

export function openRenderer(model: Model, runtime: Runtime, options: RendererOptions): Renderer {
  const pool = openFramePool();
  const weightsHash = hashFile(model.weights.source.path!);
  weightsHash.catch(() => {});
  let open: { readonly size: string; readonly capture: Capture } | undefined;

  /** Images of one size share a capture, and so a session. */
  const captureFor = async (size: ImageSize): Promise<Capture> => {
    if (open?.size !== size.join()) {
      await open?.capture.close();
      open = { size: size.join(), capture: openCapture(model, runtime, size, options) };
    }
    return open.capture;
  };

  return {
    render: (imagePath, hooks = {}) =>
      renderFile(imagePath, { model, runtime, options, pool, weightsHash, captureFor }, hooks),
    close: async () => {
      await Promise.all([open?.capture.close(), pool.close(), weightsHash.catch(() => {})]);
    },
  };
}
