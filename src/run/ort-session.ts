/** What the native and the wasm build of ONNX Runtime share: turning a Program into a session, and tensors in and out. */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';
import { ModelError } from '../errors.js';
import type { Program } from '../model/model.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Session } from './runtime.js';

type InputData = Float32Array | Uint8Array;
type InputType = Program['input']['dtype'];

/** The part of the onnxruntime packages that is used; both have it. */
export interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: InputType, data: InputData, dims: readonly number[]) => OrtTensor;
}

/**
 * 'basic' folds constants. It would also fold a batch norm into its convolution where only the latter's output is asked for, which changes the
 * last digits: without that, a tensor is the same whatever else is captured. ('all' also reorders every weight, which costs more at opening than
 * one run gains.)
 */
const KEEP_BATCH_NORMS = { optimization: { disable_specified_optimizers: 'ConvBNFusion' } } as const;

export async function openOrtSession(
  ort: Ort,
  program: Program,
  options: InferenceSession.SessionOptions,
): Promise<Session> {
  const { foldConstants = true } = program;
  const graphOptimizationLevel = foldConstants ? 'basic' : 'disabled';
  const extra = { ...KEEP_BATCH_NORMS, ...options.extra };
  const session = await ort.InferenceSession.create(program.bytes, { ...options, graphOptimizationLevel, extra }).catch(
    (cause) => {
      throw new ModelError(`the network cannot be opened by ONNX Runtime: ${firstLine(cause)}`, { cause });
    },
  );
  const { name, dtype, layout } = program.input;
  return {
    shapes: new Map(
      session.outputMetadata.map((output) => [output.name, output.isTensor ? fixedShape(output.shape) : null]),
    ),
    run: async (image) => {
      const { shape, data } = layout === 'NHWC' ? channelsLast(image) : image;
      const input = new ort.Tensor(dtype, convert(data, dtype), shape);
      const results = await session.run({ [name]: input }).catch((cause) => {
        throw new ModelError(`the network failed on ${image.shape.join('x')}: ${firstLine(cause)}`, { cause });
      });
      return new Map(program.outputs.map((name) => [name, toTensor(name, results[name])]));
    },
    close: () => session.release(),
  };
}

function fixedShape(shape: readonly (number | string)[]): number[] | null {
  return shape.every((size) => typeof size === 'number') ? (shape as number[]) : null;
}

/** [1, channels, height, width] to [1, height, width, channels]. */
function channelsLast({ shape, data }: Tensor): Tensor {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape;
  const moved = new Float32Array(data.length);
  const plane = height * width;
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < plane; i++) moved[i * channels + channel] = data[channel * plane + i]!;
  }
  return { shape: [batch, height, width, channels], data: moved };
}

/** uint8 inputs take pixels: whole numbers within 0..255 are exact, others are rounded and clipped. */
function convert(data: Float32Array, dtype: InputType): InputData {
  return dtype === 'uint8' ? Uint8Array.from(Uint8ClampedArray.from(data)) : data;
}

function toTensor(name: string, value: OrtTensor | undefined): Tensor {
  if (!(value?.data instanceof Float32Array)) throw new Error(`output ${name} is ${value?.type}, expected float32`);
  return { shape: value.dims, data: value.data };
}

function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split('\n')[0]!;
}
