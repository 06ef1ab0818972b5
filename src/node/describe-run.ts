/** The manifest of a finished run. */
import type { InputImage } from '../image/preprocess.js';
import type { FrameStyle } from '../write/draw-frames.js';
import {
  MANIFEST_VERSION,
  type Manifest,
  type ManifestFrame,
  type ManifestLayer,
  type ManifestVideo,
} from '../write/manifest.js';
import type { ImageFile } from './read-image.js';
import type { Workshop } from './renderer-options.js';
import { VERSION } from './version.js';

export interface RunFacts {
  readonly workshop: Workshop;
  readonly image: ImageFile;
  readonly input: InputImage;
  readonly style: FrameStyle;
  readonly frames: readonly ManifestFrame[];
  readonly video: ManifestVideo | null;
  readonly createdAt: Date;
  readonly weightsHash: string;
  readonly timings: Readonly<Record<string, number>>;
}

export function describeRun(facts: RunFacts): Manifest {
  const { workshop, image, input, style, frames, video } = facts;
  const { model, runtime, options } = workshop;
  const { source, format, note } = model.weights;
  return {
    format: 'featurescope manifest',
    version: MANIFEST_VERSION,
    software: { featurescope: VERSION, runtime: runtime.name, node: process.versions.node },
    createdAt: facts.createdAt.toISOString(),
    command: options.command,
    image: {
      path: image.path,
      byteLength: image.byteLength,
      sha256: image.sha256,
      width: image.pixels.width,
      height: image.pixels.height,
    },
    model: {
      name: model.name,
      weights: { path: source.name, format, byteLength: source.byteLength, sha256: facts.weightsHash, note },
    },
    input: { shape: input.tensor.shape, mean: model.mean, std: model.std, resize: input.resize },
    options: { tap: options.tap, scale: options.scale, ...style },
    layers: describeLayers(workshop, input),
    frames,
    video,
    timings: facts.timings,
  };
}

function describeLayers({ model, options: { layers, tap } }: Workshop, { tensor }: InputImage): ManifestLayer[] {
  const [, , height = 0, width = 0] = tensor.shape;
  const shapes = model.shapes([height, width]);
  let firstFrame = 0;
  return layers.map((layer) => {
    const field = model.receptiveFields.get(layer.tensors[tap]);
    const record = {
      path: layer.path,
      tap,
      shape: shapes.get(layer.tensors[tap])!.slice(1),
      kernel: layer.kernel,
      stride: layer.stride,
      padding: layer.padding,
      dilation: layer.dilation,
      groups: layer.groups,
      receptiveField: field ? { y: field[0], x: field[1] } : null,
      firstFrame,
    };
    firstFrame += layer.filters;
    return record;
  });
}
