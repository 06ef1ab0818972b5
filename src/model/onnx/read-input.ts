/** The one image that a network takes: which input it is, its layout, sizes and element type. */
import { ModelError } from '../../errors.js';
import type { InputSpec } from '../input-spec.js';
import { quote } from '../quote.js';
import { ints } from '../shapes.js';
import { isConvolution, weightOf } from './find-layers.js';
import { ELEMENT, type OnnxFile, type OnnxValue } from './onnx-file.js';

export type ImageInput = Omit<InputSpec, 'normalisation'>;

const DTYPES: Readonly<Record<number, InputSpec['dtype']>> = {
  [ELEMENT.float]: 'float32',
  [ELEMENT.float16]: 'float16',
  [ELEMENT.uint8]: 'uint8',
};
const ELEMENT_NAMES = Object.fromEntries(Object.entries(ELEMENT).map(([name, number]) => [number, name]));
const PICTURE_CHANNELS: ReadonlySet<number | null> = new Set([1, 3, 4]);
const WAYS_OUT = 'give a network that takes one image [1, channels, height, width] of float32, float16 or uint8';

/** Throws a ModelError that describes the inputs where they are not exactly one image. */
export function readInput(file: OnnxFile): ImageInput {
  const { name, graph } = file;
  const inputs = graph.inputs.filter((input) => !graph.initialisers.has(input.name));
  const [input] = inputs;
  if (!input || inputs.length > 1) {
    const found = inputs.length === 0 ? 'no input' : `the inputs ${inputs.slice(0, 8).map(describe).join(', ')}`;
    throw new ModelError(`${name}: has ${found}; ${WAYS_OUT}`);
  }
  const dtype = DTYPES[input.elementType];
  if (input.kind !== 'tensor' || !dtype || input.dims?.length !== 4) {
    throw new ModelError(`${name}: has the input ${describe(input)}; ${WAYS_OUT}`);
  }
  const [batch, ...sizes] = input.dims;
  if (batch !== null && batch !== 1) {
    throw new ModelError(`${name}: takes ${batch} images at once; export it for one, or with a free first axis`);
  }
  const layout = isChannelsLast(file, input.name, sizes) ? 'NHWC' : 'NCHW';
  const [first = null, second = null, third = null] = sizes;
  const [channels, height, width] = layout === 'NHWC' ? [third, first, second] : [first, second, third];
  const known = channels ?? channelsOfFirstConvolution(file, input.name);
  if (known === null) {
    throw new ModelError(
      `${name}: the input ${describe(input)} leaves the number of channels open; export it with that fixed`,
    );
  }
  return { name: input.name, layout, dtype, channels: known, height, width };
}

/** By what the network does with it, else by which axis is as long as a picture has channels. */
function isChannelsLast({ graph }: OnnxFile, input: string, [first, , last]: readonly (number | null)[]): boolean {
  const transposes = graph.nodes.filter(({ op, inputs }) => op === 'Transpose' && inputs[0] === input);
  if (last !== null && transposes.some((node) => ints(node, 'perm', []).join() === '0,3,1,2')) return true;
  return PICTURE_CHANNELS.has(last ?? null) && !PICTURE_CHANNELS.has(first ?? null);
}

function channelsOfFirstConvolution({ graph }: OnnxFile, input: string): number | null {
  const node = graph.nodes.find((candidate) => isConvolution(candidate) && candidate.inputs[0] === input);
  return (node && graph.initialisers.get(weightOf(node))?.dims[1]) ?? null;
}

function describe({ name, kind, elementType, dims }: OnnxValue): string {
  if (kind !== 'tensor') return `${quote(name)} (${kind})`;
  const shape = dims ? `[${dims.map((size) => size ?? '?').join(', ')}]` : 'of any shape';
  return `${quote(name)} (${ELEMENT_NAMES[elementType] ?? `type ${elementType}`} ${shape})`;
}
