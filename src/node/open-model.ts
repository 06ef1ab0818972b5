import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ByteSource } from '../bytes/source.js';
import { ModelError, UsageError } from '../errors.js';
import { describeFileError, isFileError } from '../files/file-errors.js';
import { openFileSource } from '../files/file-source.js';
import { ARCHITECTURES, type ArchitectureName } from '../model/architectures/architectures.js';
import { EMBEDDED_WEIGHTS, type EmbeddedWeights } from '../model/embedded-weights.js';
import type { Model } from '../model/model.js';
import { type Needs, neededParameters } from '../model/needed-parameters.js';
import { openArchitecture } from '../model/open-architecture.js';
import { nearestNames } from '../nearest-names.js';
import { isWeightsName, isWeightsUrl } from '../weights/catalogue.js';
import { verifyChecksums } from './verify-checksums.js';

export interface OpenModelOptions {
  /**
   * For an architecture: `imagenet` (the default), `embedded`, a name of the catalogue, an https URL, or the path of a `.pth`, `.pt` or
   * `.safetensors` state dict. An ONNX file has its own.
   */
  readonly weights?: string | undefined;
  /** Use no network. Default: false. */
  readonly offline?: boolean | undefined;
  /** What the run will read, so that nothing else is downloaded. Default: everything. */
  readonly needed?: Needs | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops a download; what has arrived is kept for the next time. */
  readonly signal?: AbortSignal | undefined;
}

export interface DownloadProgress {
  readonly done: number;
  readonly total: number | null;
  readonly bytesPerSecond: number;
}

const EMBEDDED = 'embedded';
const EMBEDDED_FOLDER = new URL('../../assets/weights/', import.meta.url);
const IMAGENET = 'imagenet';

/**
 * An architecture by torchvision's name (`resnet18`) with its weights, or an ONNX file by its path. Throws a UsageError for an unknown name and a
 * ModelError for a file that cannot be read, is damaged, does not match or cannot run.
 */
export async function openModel(name: string, options: OpenModelOptions = {}): Promise<Model> {
  if (isFile(name)) return openOnnxFile(name, options);
  checkArchitecture(name);
  const { weights = IMAGENET, needed } = options;
  if (weights === EMBEDDED) return openEmbedded(name);
  if (!isWeightsName(weights)) {
    const model = await openArchitecture(name, { weights: await openWeights(weights) });
    await verifyChecksums(model.weights);
    return model;
  }
  const names = needed ? neededParameters(name, needed) : 'all';
  // Loaded where it is needed, as the ONNX reader below: a run from a file starts 20 ms sooner.
  const { resolveWeights } = await import('../weights/resolve-weights.js');
  const source = await resolveWeights(name, weights, {
    offline: options.offline,
    needed: names,
    onProgress: options.onProgress,
    signal: options.signal,
  });
  const model = await openArchitecture(name, { weights: source, required: names === 'all' ? undefined : names });
  // Files of the catalogue were verified by their SHA-256.
  if (isWeightsUrl(weights)) await verifyChecksums(model.weights);
  return model;
}

export function checkArchitecture(name: string): asserts name is ArchitectureName {
  if (Object.hasOwn(ARCHITECTURES, name)) return;
  const near = nearestNames(name, Object.keys(ARCHITECTURES));
  throw new UsageError(`--model ${name}: no such architecture or file; the nearest names are ${near.join(', ')}`);
}

/** A model given by its path, as opposed to an architecture's name. */
export function isFile(name: string): boolean {
  return !Object.hasOwn(ARCHITECTURES, name) && (extname(name) !== '' || /[\\/]/.test(name) || existsSync(name));
}

async function openEmbedded(name: ArchitectureName): Promise<Model> {
  const embedded: EmbeddedWeights | undefined = { ...EMBEDDED_WEIGHTS }[name as keyof typeof EMBEDDED_WEIGHTS];
  if (!embedded) {
    const names = Object.keys(EMBEDDED_WEIGHTS).join(' and ');
    throw new UsageError(`--weights embedded: there are embedded weights of ${names} only, not of ${name}`);
  }
  const source = await openWeights(fileURLToPath(new URL(embedded.fileName, EMBEDDED_FOLDER)));
  return openArchitecture(name, { ...embedded.options, weights: { ...source, name: EMBEDDED } });
}

async function openOnnxFile(path: string, { weights }: OpenModelOptions): Promise<Model> {
  if (weights) throw new UsageError(`--weights ${weights}: ${path} has its own weights; leave it out`);
  const source = await openWeights(path);
  const { openOnnx } = await import('../model/open-onnx.js');
  return openOnnx(source, {
    preprocessorConfig: await readPreprocessorConfig(join(dirname(path), 'preprocessor_config.json')),
    openSibling: (location) => openWeights(join(dirname(path), location)),
  });
}

/** Hugging Face's description of an image processor, where one lies beside the model. */
async function readPreprocessorConfig(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ModelError(`${describeFileError(path, cause)}; mend or remove it`, { cause });
  }
}

async function openWeights(path: string): Promise<ByteSource> {
  return openFileSource(path).catch((cause) => {
    if (!isFileError(cause)) throw cause;
    throw new ModelError(`model or weights ${describeFileError(path, cause)}`, { cause });
  });
}
