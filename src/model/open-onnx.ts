/** Any ONNX file as a Model: what can be tapped follows from its bytes, and what a run needs is cut out of them. */
import type { ByteSource } from '../bytes/source.js';
import { InputError, ModelError } from '../errors.js';
import { elementCount } from '../tensor/tensor.js';
import type { InputSpec } from './input-spec.js';
import type { Layer } from './layer.js';
import type { ImageSize, Model, Program } from './model.js';
import { cut } from './onnx/cut.js';
import { baseName, explainNotOnnx } from './onnx/explain-not-onnx.js';
import { type Exposure, encodeExposures, exposeAll, sourcesOf } from './onnx/expose.js';
import { openExternalData } from './onnx/external-data.js';
import { findClassifier } from './onnx/find-classifier.js';
import { findFields } from './onnx/find-fields.js';
import { findLayers, isConvolution } from './onnx/find-layers.js';
import { encodeFloatInput } from './onnx/float-input.js';
import { type GraphFacts, gatherFacts } from './onnx/graph-facts.js';
import { findNormalisation, type NormalisationOverrides } from './onnx/normalisation.js';
import { ELEMENT, type OnnxFile } from './onnx/onnx-file.js';
import { checkOperators } from './onnx/operators.js';
import { readInput } from './onnx/read-input.js';
import { readModel } from './onnx/read-model.js';
import { readRange } from './read-ranges.js';

/** Protocol Buffers' own limit; a larger network keeps its weights in other files. */
const MAX_BYTES = 2 ** 31 - 1;

export interface OpenOnnxOptions {
  /** Opens external data by its location, a relative path inside the model's folder. Default: refused, naming the file. */
  readonly openSibling?: (location: string) => Promise<ByteSource>;
  /** The parsed preprocessor_config.json beside the model, if there is one. */
  readonly preprocessorConfig?: unknown;
  readonly overrides?: NormalisationOverrides;
}

/**
 * Reads the whole file, which without its weights is small, and none of its external data. Names of tensors are the graph's own, with `:float32`
 * behind those that are converted to be seen. Throws a ModelError where the bytes are no ONNX network with one image for input, where
 * weights are missing, and where ONNX Runtime lacks an operator.
 */
export async function openOnnx(source: ByteSource, options: OpenOnnxOptions = {}): Promise<Model> {
  const file = await readFile(source);
  checkOperators(file);
  const image = readInput(file);
  const input: InputSpec = {
    ...image,
    normalisation: findNormalisation(image, { ...options, metadata: file.metadata }),
  };
  const facts = gatherFacts(file, input.name);
  const files = await openExternalData(file, options.openSibling ?? refuseSibling);
  const exposures = exposeAll(facts);
  const named = new Map([...exposures.values()].map((exposure) => [exposure.tensor, exposure.name]));
  const nameOf = (tensor: string) => named.get(tensor) ?? tensor;
  const layers: Layer[] = findLayers(facts).map((layer) => {
    const { conv, bn, act } = layer.tensors;
    return { ...layer, tensors: { conv: nameOf(conv), bn: nameOf(bn), act: nameOf(act) } };
  });
  const classifier = findClassifier(facts);
  const fields = [...findFields(facts, input)].filter(([tensor]) => tensor !== input.name);
  return {
    name: baseName(source.name),
    input,
    layers,
    weights: { source, checksums: new Map(), external: [...files.values()], format: 'ONNX', note: null },
    parameterCount: countWeights(file),
    notes: notesOn(facts),
    classifier: classifier && { ...classifier, tensor: nameOf(classifier.tensor) },
    program: async (tensors) =>
      makeProgram(
        facts,
        input,
        files,
        tensors.map((name) => exposureNamed(exposures, name)),
      ),
    shapes: (size) => checkSize(input, size),
    receptiveFields: new Map(fields.map(([tensor, field]) => [nameOf(tensor), field])),
  };
}

/** Elements of the initialisers that hold weights, a batch norm's statistics included: the file does not tell them apart. */
function countWeights({ graph }: OnnxFile): number {
  const tensors = [...graph.initialisers.values()].filter(({ elementType }) => elementType !== ELEMENT.int64);
  return tensors.reduce((sum, { dims }) => sum + elementCount(dims), 0);
}

async function readFile(source: ByteSource): Promise<OnnxFile> {
  if (source.byteLength > MAX_BYTES) {
    const explanation =
      (await explainNotOnnx(source)) ??
      `${source.byteLength} bytes, more than an ONNX file can have; save its weights as external data`;
    throw new ModelError(`${source.name}: ${explanation}`);
  }
  const bytes = await readRange(source, 0, source.byteLength);
  try {
    return readModel(bytes, source.name);
  } catch (cause) {
    const explanation = await explainNotOnnx(source);
    if (explanation === undefined) throw cause;
    throw new ModelError(`${source.name}: ${explanation}`, { cause });
  }
}

async function refuseSibling(location: string): Promise<never> {
  throw new Error(`no way to open ${location}`);
}

function exposureNamed(exposures: ReadonlyMap<string, Exposure>, name: string): Exposure {
  const exposure = exposures.get(name);
  if (!exposure) throw new Error(`the network has no tensor ${name} that an image changes`);
  return exposure;
}

function makeProgram(
  facts: GraphFacts,
  input: InputSpec,
  files: ReadonlyMap<string, ByteSource>,
  exposures: readonly Exposure[],
): Program {
  const { file, nodes } = facts;
  const isHalf = input.dtype === 'float16';
  const part = cut(file, nodes, exposures.flatMap(sourcesOf), isHalf ? { replaced: input.name } : { kept: input.name });
  const floatName = isHalf ? freeName(facts, `${input.name}:image`) : input.name;
  const external = file.external.filter(({ name }) => part.tensors.has(name) || !file.graph.initialisers.has(name));
  const locations = new Set(external.map((tensor) => tensor.external!.location));
  return {
    bytes: join([...(isHalf ? [encodeFloatInput(input, floatName)] : []), ...part.bytes, encodeExposures(exposures)]),
    files: new Map([...files].filter(([location]) => locations.has(location))),
    input: { name: floatName, layout: input.layout, dtype: input.dtype === 'uint8' ? 'uint8' : 'float32' },
    outputs: exposures.map(({ name }) => name),
  };
}

/** A name that no tensor of the graph has, and no output of ours, which all end otherwise. */
function freeName({ walk, file }: GraphFacts, start: string): string {
  let name = start;
  while (walk.producer(name) !== undefined || file.graph.initialisers.has(name)) name += ':';
  return name;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** The runtime tells shapes; the network's own size is known. */
function checkSize({ height, width }: InputSpec, [imageHeight, imageWidth]: ImageSize): null {
  if ((height ?? imageHeight) !== imageHeight || (width ?? imageWidth) !== imageWidth) {
    throw new InputError(
      `an image of ${imageWidth}x${imageHeight} does not fit this network, which takes ${width ?? 'any'}x${height ?? 'any'}; use --img-size ${width ?? imageWidth}x${height ?? imageHeight}`,
    );
  }
  return null;
}

function notesOn({ nodes, elementTypes }: GraphFacts): string[] {
  const notes: string[] = [];
  const convolutions = nodes.filter(isConvolution);
  const ops = new Set(nodes.map(({ op }) => op));
  if (convolutions.length > 0 && !ops.has('BatchNormalization')) {
    notes.push(
      'The graph has no batch norm: where the network was trained with some, they were folded into the convolutions at export, so bn = conv.',
    );
  }
  if (ops.has('QLinearConv')) {
    notes.push(
      'The network is quantised: values are integers times a scale, and a convolution may include the ReLU that follows it.',
    );
  } else if (ops.has('DequantizeLinear') && ops.has('QuantizeLinear')) {
    notes.push(
      'The network is quantised: a convolution computes on values rounded to integers times a scale, and may include the ReLU that follows it.',
    );
  } else if (ops.has('ConvInteger')) {
    notes.push('The network is quantised: a convolution computes on integers, scaled to real units at its end.');
  }
  const isHalf = convolutions.some(({ outputs }) => elementTypes.get(outputs[0] ?? '') === ELEMENT.float16);
  if (isHalf) notes.push('The network computes in half precision; its values are shown as they are.');
  return notes;
}
