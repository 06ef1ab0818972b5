/** Runs a network on one image and yields the tensors at the chosen taps, layer by layer, in bounded memory. */
import { InputError } from '../errors.js';
import type { Layer, Tap } from '../model/layers.js';
import type { ImageSize, Model } from '../model/model.js';
import { elementCount, type Tensor } from '../tensor/tensor.js';
import type { Runtime, Session } from './runtime.js';

/** What a layer answered: `tensor` is [1, filters, height, width], the framework's own values at the tap. */
export interface Activation {
  readonly layer: Layer;
  readonly tap: Tap;
  readonly tensor: Tensor;
}

export interface CaptureOptions {
  /** Default: every convolution. */
  readonly layers?: readonly Layer[];
  /** Default: `conv`. */
  readonly tap?: Tap;
  /**
   * Most bytes of captured tensors held at once, default 512 MiB; a single larger layer is still captured whole. Layers beyond it are captured in further runs,
   * each of a network cut after the deepest layer that it needs.
   */
  readonly byteBudget?: number;
}

const DEFAULT_TAP = 'conv';
const DEFAULT_BYTE_BUDGET = 512 * 2 ** 20;

/** Ready to run images of one size; sessions stay open between images where one run captures everything. */
export interface Capture {
  /** Whether all activations fit the budget at once. */
  readonly holdsAll: boolean;
  activations(image: Tensor): AsyncGenerator<Activation>;
  close(): Promise<void>;
}

export function openCapture(model: Model, runtime: Runtime, size: ImageSize, options: CaptureOptions = {}): Capture {
  const { layers = model.layers, tap = DEFAULT_TAP, byteBudget = DEFAULT_BYTE_BUDGET } = options;
  const inputShape = [1, model.channels, ...size].join('x');
  const shapes = model.shapes(size);
  const groups = groupByBytes(layers, byteBudget, ({ tensors }) => 4 * elementCount(shapes.get(tensors[tap])!));
  let kept: Session | undefined;

  const open = async (group: readonly Layer[]) =>
    runtime.open(await model.program([...new Set(group.map(({ tensors }) => tensors[tap]))], size));

  return {
    holdsAll: groups.length === 1,
    async *activations(image) {
      const shape = image.shape.join('x');
      if (shape !== inputShape) {
        throw new InputError(`the input tensor is ${shape}, expected ${inputShape}: one image of one size`);
      }
      for (const group of groups) {
        const session = kept ?? (await open(group));
        if (groups.length === 1) kept = session;
        const outputs = await session.run(image).finally(() => (session === kept ? undefined : session.close()));
        for (const layer of group) {
          yield { layer, tap, tensor: outputs.get(layer.tensors[tap])! };
        }
      }
    },
    close: async () => kept?.close(),
  };
}

/** One image's activations; see CaptureOptions. Throws an InputError where the image is too small for the network. */
export async function* capture(
  model: Model,
  image: Tensor,
  { runtime, ...options }: CaptureOptions & { readonly runtime: Runtime },
): AsyncGenerator<Activation> {
  const [, , height = 0, width = 0] = image.shape;
  const opened = openCapture(model, runtime, [height, width], options);
  try {
    yield* opened.activations(image);
  } finally {
    await opened.close();
  }
}

/** Consecutive layers share a group while their tensors fit the budget together. */
function groupByBytes(layers: readonly Layer[], budget: number, bytesOf: (layer: Layer) => number): Layer[][] {
  const groups: Layer[][] = [];
  let used = 0;
  for (const layer of layers) {
    const bytes = bytesOf(layer);
    if (groups.length === 0 || used + bytes > budget) {
      groups.push([]);
      used = 0;
    }
    groups.at(-1)!.push(layer);
    used += bytes;
  }
  return groups;
}
