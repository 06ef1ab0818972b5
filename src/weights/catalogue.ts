/**
 * The weights that have a name here: torchvision's for its ImageNet classifiers. `imagenet` means IMAGENET1K_V1, the
 * values behind the papers' and most tutorials' numbers; IMAGENET1K_V2, trained later with another recipe, has to be
 * asked for.
 *
 * Left out: SWAG weights, whose licence (CC-BY-NC 4.0) forbids commercial use, and the VGG16 without a classifier.
 */
import { UsageError } from '../errors.js';
import { nearestNames } from '../nearest-names.js';
import { CATALOGUE, type CatalogueRow } from './catalogue-tables.js';
import { OFFICIAL_FOLDER, type RemoteFile } from './remote-file.js';

export interface NamedWeights extends RemoteFile {
  readonly architecture: string;
  /** `ResNet18_Weights.IMAGENET1K_V1`, as in torchvision. */
  readonly name: string;
  readonly version: 'V1' | 'V2';
  readonly classes: 1000;
  /** torchvision's, under which it publishes them; ImageNet's own terms may reach further. */
  readonly licence: 'BSD-3-Clause';
  /** Hexadecimal: what follows the last hyphen of the file's name. */
  readonly sha256Prefix: string;
  /** Within 600 bytes. */
  readonly approximateByteLength: number;
  readonly transforms: Transforms;
}

/** How torchvision prepares an image: resize, centre crop, normalise. */
export interface Transforms {
  /** Pixels of the shorter side. */
  readonly resize: number;
  /** Pixels of the square's sides. */
  readonly crop: number;
  readonly interpolation: 'bilinear' | 'bicubic';
  /** Of RGB in 0..1. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

export const NAMED_WEIGHTS: readonly NamedWeights[] = CATALOGUE.map(describeRow);

function describeRow(row: CatalogueRow): NamedWeights {
  const [architecture, enumName, version, fileName, mebibytes, resize, crop, ...rest] = row;
  const [interpolation = 'bilinear', mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]] = rest;
  return {
    architecture,
    name: `${enumName}_Weights.IMAGENET1K_${version}`,
    version,
    url: OFFICIAL_FOLDER + fileName,
    fileName,
    sha256Prefix: /-([0-9a-f]+)\.pth$/.exec(fileName)![1]!,
    approximateByteLength: Math.round(mebibytes * 2 ** 20),
    classes: 1000,
    licence: 'BSD-3-Clause',
    transforms: { resize, crop, interpolation, mean, std },
  };
}

/** `imagenet` alone, or with a version: `imagenet-v2`, torchvision's `IMAGENET1K_V2`. */
const SHORT_NAME = /^imagenet(?:1k)?(?:[-_]v(\d+))?$/i;

/** Whether a value of --weights asks for weights from here or from a URL; anything else is a file or `embedded`. */
export function isWeightsName(spec: string): boolean {
  return SHORT_NAME.test(spec) || /^\w+_weights\.\w+$/i.test(spec) || isWeightsUrl(spec);
}

export function isWeightsUrl(spec: string): boolean {
  return /^https?:\/\//i.test(spec);
}

/**
 * The weights of an architecture that `spec` asks for: `imagenet`, `imagenet-v1`, `imagenet-v2`, `IMAGENET1K_V2` or the
 * full name; case is ignored. Throws a UsageError where there are none, and where they are another architecture's.
 */
export function findWeights(architecture: string, spec: string): NamedWeights {
  const own = NAMED_WEIGHTS.filter((weights) => weights.architecture === architecture);
  const short = SHORT_NAME.exec(spec);
  const isNamed = ({ name }: NamedWeights) => name.toLowerCase() === spec.toLowerCase();
  const found = own.find(short ? ({ version }) => version === `V${short[1] ?? 1}` : isNamed);
  if (found) return found;
  const others = NAMED_WEIGHTS.find(isNamed);
  if (others) {
    throw new UsageError(`--weights ${spec}: these are weights of ${others.architecture}, not of ${architecture}`);
  }
  const known = own.length > 0 ? `${architecture} has ${own.map(({ name }) => name).join(', ')}` : undefined;
  throw new UsageError(
    `--weights ${spec}: ${known ?? `no weights of ${architecture} are known by name`}; ` +
      'give one of `featurescope weights list`, a file or an https URL',
  );
}

/** By architecture (`resnet18`: what `imagenet` means) or full name. Throws a UsageError with the nearest names. */
export function weightsNamed(name: string): NamedWeights {
  const wanted = name.toLowerCase();
  const found =
    NAMED_WEIGHTS.find(({ architecture }) => architecture === wanted) ??
    NAMED_WEIGHTS.find((weights) => weights.name.toLowerCase() === wanted);
  if (found) return found;
  const names = NAMED_WEIGHTS.flatMap((weights) => [weights.architecture, weights.name]);
  const nearest = nearestNames(name, [...new Set(names)]);
  throw new UsageError(`${name}: no such weights; the nearest are ${nearest.join(', ')}`);
}
