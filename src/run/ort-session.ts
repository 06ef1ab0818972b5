/** What the native and the wasm build of ONNX Runtime share: turning a Program into a session, and tensors in and out. */
import type { InferenceSession, Tensor as OrtTensor, TypedTensor } from 'onnxruntime-web';
import { ModelError } from '../errors.js';
import type { Program } from '../model/model.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Session } from './runtime.js';

/** The part of the onnxruntime packages that is used; both have it. */
export interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => TypedTensor<'float32'>;
}

/**
 * 'basic' widens half-precision weights once, at opening. It would also fold a batch norm into its convolution where only the latter's output is asked for,
 * which changes the last digits: without that, a tensor is the same whatever else is captured. ('all' also
 * reorders every weight, which costs more at opening than one run gains.)
 */
const OPTIMIZATION = {
  graphOptimizationLevel: 'basic',
  extra: { optimization: { disable_specified_optimizers: 'ConvBNFusion' } },
} as const;

export async function openOrtSession(
  ort: Ort,
  program: Program,
  options: InferenceSession.SessionOptions,
): Promise<Session> {
  const extra = { ...OPTIMIZATION.extra, ...options.extra };
  const session = await ort.InferenceSession.create(program.bytes, { ...OPTIMIZATION, ...options, extra }).catch(
    (cause) => {
      throw new ModelError(`the network cannot be opened by ONNX Runtime: ${firstLine(cause)}`, { cause });
    },
  );
  return {
    run: async (image) => {
      const input = new ort.Tensor('float32', image.data, image.shape);
      const results = await session.run({ [program.input]: input }).catch((cause) => {
        throw new ModelError(`the network failed on ${image.shape.join('x')}: ${firstLine(cause)}`, { cause });
      });
      return new Map(program.outputs.map((name) => [name, toTensor(name, results[name])]));
    },
    close: () => session.release(),
  };
}

function toTensor(name: string, value: OrtTensor | undefined): Tensor {
  if (!(value?.data instanceof Float32Array)) throw new Error(`output ${name} is ${value?.type}, expected float32`);
  return { shape: value.dims, data: value.data };
}

function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split('\n')[0]!;
}
