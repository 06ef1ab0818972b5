/** The manifest of a finished run. */
import type { Capture } from '../run/capture.js';
import type { Prediction } from '../run/predictions.js';
import type { FrameStyle } from '../write/draw-frames.js';
import {
  MANIFEST_VERSION,
  type Manifest,
  type ManifestFrame,
  type ManifestLayer,
  type ManifestVideo,
} from '../write/manifest.js';
import type { NetworkInput } from './network-input.js';
import type { ImageFile } from './read-image.js';
import type { Workshop } from './renderer-options.js';
import { VERSION } from './version.js';

export interface RunFacts {
  readonly workshop: Workshop;
  readonly image: ImageFile;
  readonly input: NetworkInput;
  readonly capture: Capture;
  readonly predictions: readonly Prediction[] | null;
  readonly style: FrameStyle;
  readonly frames: readonly ManifestFrame[];
  readonly video: ManifestVideo | null;
  readonly createdAt: Date;
  /** SHA-256 of the weights' file and of those beside it. */
  readonly hashes: readonly string[];
  readonly timings: Readonly<Record<string, number>>;
}

export function describeRun(facts: RunFacts): Manifest {
  const { workshop, image, input, style, frames, video } = facts;
  const { model, runtime, options } = workshop;
  const { source, external, format, note } = model.weights;
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
      ...imageSize(image),
    },
    model: {
      name: model.name,
      notes: model.notes,
      weights: {
        path: source.name,
        format,
        byteLength: source.byteLength,
        sha256: facts.hashes[0]!,
        external: external.map(({ name, byteLength }, i) => ({ path: name, byteLength, sha256: facts.hashes[i + 1]! })),
        note,
      },
    },
    input: { shape: input.tensor.shape, normalisation: input.normalisation, resize: input.resize },
    options: { tap: options.tap, scale: options.scale, ...style },
    layers: describeLayers(workshop, facts.capture),
    frames,
    video,
    predictions: facts.predictions,
    timings: facts.timings,
  };
}

function imageSize({ content }: ImageFile): { width: number; height: number } {
  if (content.kind === 'pixels') return { width: content.pixels.width, height: content.pixels.height };
  const [, , height = 0, width = 0] = content.tensor.shape;
  return { width, height };
}

function describeLayers({ model, options: { tap } }: Workshop, { shapes }: Capture): ManifestLayer[] {
  let firstFrame = 0;
  return shapes.map(({ layer, shape: { filters, slices, height, width } }) => {
    const field = model.receptiveFields.get(layer.tensors[tap]);
    const record = {
      path: layer.path,
      op: layer.op,
      tap,
      tensor: layer.tensors[tap],
      shape: slices > 1 ? [filters, slices, height, width] : [filters, height, width],
      kernel: layer.kernel,
      stride: layer.stride,
      padding: layer.padding,
      dilation: layer.dilation,
      groups: layer.groups,
      receptiveField: field ? { y: field[0], x: field[1] } : null,
      firstFrame,
    };
    firstFrame += filters * slices;
    return record;
  });
}
