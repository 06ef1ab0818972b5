/** manifest.json: what was made, from what, and how; its schema is schema/manifest.schema.json. */
import type { ResizeRecord } from '../image/preprocess.js';
import type { Range } from '../map/range.js';
import type { Normalisation } from '../model/input-spec.js';
import type { AxisField } from '../model/receptive-field.js';
import type { Prediction } from '../run/predictions.js';
import type { Scale } from '../run/scale.js';
import type { DrawJob, DrawnMap, FrameStyle } from './draw-frames.js';

export const MANIFEST_VERSION = 1;

export interface Manifest {
  readonly format: 'featurescope manifest';
  readonly version: typeof MANIFEST_VERSION;
  readonly software: { readonly featurescope: string; readonly runtime: string; readonly node: string };
  /** Local time of the start, ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly command: readonly string[];
  readonly image: {
    readonly path: string;
    readonly byteLength: number;
    readonly sha256: string;
    /** Pixels as decoded, the EXIF orientation applied; cells of a .npy array. */
    readonly width: number;
    readonly height: number;
  };
  readonly model: {
    readonly name: string;
    /** What a reader of the pictures must know about the network. */
    readonly notes: readonly string[];
    readonly weights: {
      readonly path: string;
      readonly format: string;
      readonly byteLength: number;
      readonly sha256: string;
      /** Files that hold an ONNX network's weights beside it. */
      readonly external: readonly { readonly path: string; readonly byteLength: number; readonly sha256: string }[];
      readonly note: string | null;
    };
  };
  /** The tensor that the network was given: [1, channels, height, width]. */
  readonly input: {
    readonly shape: readonly number[];
    /** How 8-bit pixels became values, and where that is known from; null where the file held the tensor itself. */
    readonly normalisation: Normalisation | null;
    /** Null where the file held the tensor itself. */
    readonly resize: ResizeRecord | null;
  };
  readonly options: { readonly tap: string; readonly scale: Scale } & FrameStyle;
  readonly layers: readonly ManifestLayer[];
  readonly frames: readonly ManifestFrame[];
  readonly video: ManifestVideo | null;
  /** The classifier's most probable classes, best first; null where the network was not run to a classifier that has something to say. */
  readonly predictions: readonly Prediction[] | null;
  /** Milliseconds by stage, and of the whole. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface ManifestLayer {
  readonly path: string;
  /** ONNX operator. */
  readonly op: string;
  readonly tap: string;
  /** The tensor's name in the network's own file. */
  readonly tensor: string;
  /** [filters, height, width]; with slices [filters, slices, height, width]. */
  readonly shape: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /** In input pixels: cell i along an axis sees `size` pixels from `start + i * stride`. Null where it sees the whole image, or is not known. */
  readonly receptiveField: { readonly y: AxisField; readonly x: AxisField } | null;
  readonly firstFrame: number;
}

/** Statistics are of the finite values; null where a map has none. */
export interface ManifestFrame {
  /** In the run folder; null where no pictures were asked for. */
  readonly file: string | null;
  readonly layer: string;
  /** From 0, as in the tensor. */
  readonly filter: number;
  /** Along the depth of a convolution in three dimensions, from 0; null elsewhere. */
  readonly slice: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  readonly zeroFraction: number | null;
  readonly nanCount: number;
  readonly infiniteCount: number;
  /** What the two ends of the colormap stand for. */
  readonly range: Range;
  readonly flags: readonly string[];
}

export interface ManifestVideo {
  /** In the run folder, or an absolute path. */
  readonly file: string;
  readonly frameRate: { readonly numerator: number; readonly denominator: number };
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly byteLength: number;
}

export function frameRecord(
  file: string | null,
  job: DrawJob,
  index: number,
  { statistics, range }: Pick<DrawnMap, 'statistics' | 'range'>,
): ManifestFrame {
  const map = job.firstMap + index;
  const { slices } = job.shape;
  const orNull = (value: number) => (Number.isNaN(value) ? null : value);
  return {
    file,
    layer: job.layer,
    filter: Math.floor(map / slices),
    slice: slices > 1 ? map % slices : null,
    min: orNull(statistics.min),
    max: orNull(statistics.max),
    mean: orNull(statistics.mean),
    standardDeviation: orNull(statistics.std),
    zeroFraction: orNull(statistics.zeroFraction),
    nanCount: statistics.nanCount,
    infiniteCount: statistics.infCount,
    range,
    flags: statistics.flags,
  };
}

/** JSON text, indented, with one line a frame and a layer so that 4,800 frames stay readable and searchable. */
export function formatManifest(manifest: Manifest): string {
  const rows = (items: readonly unknown[]) =>
    items.length === 0 ? '[]' : `[\n    ${items.map((item) => JSON.stringify(item)).join(',\n    ')}\n  ]`;
  const fields = Object.entries(manifest).map(([key, value]) => {
    const body =
      ['frames', 'layers', 'predictions'].includes(key) && value
        ? rows(value as unknown[])
        : JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
    return `  ${JSON.stringify(key)}: ${body}`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}
