/**
 * How pixels become the values a network was trained on: from the person, a Hugging Face preprocessor_config.json, the model's own metadata
 * (onnx docs/MetadataProps.md for WinML's keys), or assumed.
 */
import { ModelError, UsageError } from '../../errors.js';
import type { Normalisation } from '../input-spec.js';
import { IMAGENET_MEAN, IMAGENET_STD } from '../open-architecture.js';
import type { ImageInput } from './read-input.js';

/** What the person says about it; the rest stays as it is known otherwise. */
export type NormalisationOverrides = {
  readonly [Key in 'order' | 'white' | 'mean' | 'std']?: Normalisation[Key] | undefined;
};

const OPTIONS = 'options';

export interface NormalisationSources {
  readonly metadata: ReadonlyMap<string, string>;
  /** Parsed JSON, not checked yet. */
  readonly preprocessorConfig?: unknown;
  readonly overrides?: NormalisationOverrides | undefined;
}

/** One mean and std a channel. Throws a ModelError where a source is no use for this network. */
export function findNormalisation({ channels, dtype }: ImageInput, sources: NormalisationSources): Normalisation {
  const { metadata, preprocessorConfig, overrides } = sources;
  const found =
    fromConfig(preprocessorConfig, channels) ??
    fromMetadata(metadata, channels) ??
    (dtype === 'uint8' ? pixels(255, channels, 'metadata of the model') : assumed(channels));
  return overrides ? overrideNormalisation(found, overrides, channels) : found;
}

/** What is known, with what the person says instead. Throws a UsageError where that is not one number a channel, or one for all. */
export function overrideNormalisation(
  found: Normalisation,
  overrides: NormalisationOverrides,
  channels: number,
): Normalisation {
  if (Object.values(overrides).every((value) => value === undefined)) return found;
  const white = overrides.white ?? found.white;
  // A mean for pixels in 0..1 says nothing about pixels in 0..255.
  const base = white === found.white ? found : pixels(white, channels, OPTIONS);
  const mean = overrides.mean ? perChannel(overrides.mean, channels, 'mean', OPTIONS) : base.mean;
  const std = overrides.std ? perChannel(overrides.std, channels, 'std', OPTIONS) : base.std;
  return { order: overrides.order ?? found.order, white, mean, std, origin: OPTIONS };
}

function pixels(white: 1 | 255, channels: number, origin: string): Normalisation {
  return { order: 'rgb', white, mean: new Array(channels).fill(0), std: new Array(channels).fill(1), origin };
}

function assumed(channels: number): Normalisation {
  const plain = pixels(1, channels, 'assumed');
  return channels === 3 ? { ...plain, mean: IMAGENET_MEAN, std: IMAGENET_STD } : plain;
}

function fromMetadata(metadata: ReadonlyMap<string, string>, channels: number): Normalisation | undefined {
  const origin = 'metadata of the model';
  const format = metadata.get('Image.BitmapPixelFormat');
  const range = metadata.get('Image.NominalPixelRange');
  if (format !== undefined || range !== undefined) {
    const order = /^bgr/i.test(format ?? '') ? 'bgr' : 'rgb';
    if (range === 'Normalized_0_1') return { ...pixels(1, channels, origin), order };
    if (range === 'Normalized_1_1') {
      const half = new Array<number>(channels).fill(0.5);
      return { order, white: 1, mean: half, std: half, origin };
    }
    return { ...pixels(255, channels, origin), order };
  }
  // Ultralytics' exports take 0..1 and say which classes and stride they have.
  return metadata.has('names') && metadata.has('stride') ? pixels(1, channels, origin) : undefined;
}

const CONFIG = 'preprocessor_config.json';

/** transformers' image processors: rescale, then normalise, each of which can be off. */
function fromConfig(config: unknown, channels: number): Normalisation | undefined {
  if (config === undefined || config === null) return undefined;
  if (typeof config !== 'object' || Array.isArray(config))
    throw new ModelError(`${CONFIG} holds no object; remove it or get it again`);
  const fields = config as Readonly<Record<string, unknown>>;
  const order = fields.do_flip_channel_order === true ? 'bgr' : 'rgb';
  const normalises = fields.do_normalize !== false && fields.image_mean !== undefined;
  const zeros = new Array<number>(channels).fill(0);
  const mean = normalises ? perChannel(fields.image_mean, channels, 'image_mean', CONFIG) : zeros;
  const std = normalises ? perChannel(fields.image_std, channels, 'image_std', CONFIG) : zeros.map(() => 1);
  if (fields.do_rescale === false) return { order, white: 255, mean, std, origin: CONFIG };
  const factor = fields.rescale_factor ?? 1 / 255;
  if (typeof factor !== 'number' || !(factor > 0 && Number.isFinite(factor))) {
    throw new ModelError(`${CONFIG}: rescale_factor is ${JSON.stringify(factor)}, expected a number above 0`);
  }
  // (pixel * factor - shift - mean) / std, written for pixels in 0..1. EfficientNet's processor shifts by one.
  const shift = fields.rescale_offset === true ? 1 : 0;
  const white = factor * 255;
  const isOne = Math.abs(white - 1) < 1e-6;
  const scale = (value: number) => (isOne ? value : value / white);
  return { order, white: 1, mean: mean.map((value) => scale(value + shift)), std: std.map(scale), origin: CONFIG };
}

/** A list of one number a channel, or one number for all. A std is above 0. */
function perChannel(value: unknown, channels: number, what: string, where: string): readonly number[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const numbers = list.length === 1 ? new Array<unknown>(channels).fill(list[0]) : list;
  const isGood = numbers.every(
    (number) => typeof number === 'number' && Number.isFinite(number) && (!what.endsWith('std') || number > 0),
  );
  if (!isGood || numbers.length !== channels) {
    throw new (where === OPTIONS ? UsageError : ModelError)(
      `${where}: ${what} is ${JSON.stringify(value)?.slice(0, 80)}, expected ${channels} numbers, one a channel of the network`,
    );
  }
  return numbers as number[];
}
