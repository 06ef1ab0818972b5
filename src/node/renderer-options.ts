/** What a renderer is asked for, what its runs share, and what they give. */
import type { InputSize } from '../image/preprocess.js';
import type { Layer, Tap } from '../model/layer.js';
import type { ImageSize, Model } from '../model/model.js';
import type { Capture } from '../run/capture.js';
import type { Runtime } from '../run/runtime.js';
import type { Scale } from '../run/scale.js';
import type { FrameRate } from '../write/avi.js';
import type { Manifest } from '../write/manifest.js';
import type { FramePool } from './frame-pool.js';

export interface RendererOptions {
  /** Null: the one size that the network takes, else the longest side becomes 600. */
  readonly size: InputSize | null;
  readonly layers: readonly Layer[];
  readonly tap: Tap;
  readonly scale: Scale;
  /** Frames in pixels: both sides, or the longest side with the aspect of the network's input. */
  readonly frameSize: number | { readonly width: number; readonly height: number };
  readonly style: { readonly colormap: string; readonly smooth: boolean; readonly legend: boolean };
  /** Whether a network that ends in a classifier is run to its end, for its predictions. */
  readonly classify: boolean;
  /** One a class, or null where they are not known. */
  readonly classNames: readonly string[] | null;
  readonly images: boolean;
  /** Null for none. A relative file name is inside the run folder. */
  readonly video: { readonly file: string; readonly frameRate: FrameRate } | null;
  /** Root of the run folders. */
  readonly out: string;
  /** For the manifest. */
  readonly command: readonly string[];
}

/** What `featurescope render` does without options. */
export const RENDERER_DEFAULTS: Omit<RendererOptions, 'layers'> = {
  size: null,
  classify: true,
  classNames: null,
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

/** What all images of a renderer share. */
export interface Workshop {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly options: RendererOptions;
  readonly pool: FramePool;
  /** SHA-256 of the weights' file and of those beside it. */
  readonly hashes: Promise<readonly string[]>;
  captureFor(size: ImageSize): Promise<Capture>;
}
