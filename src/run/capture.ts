/** Runs a network on one image and yields the tensors at the chosen taps, layer by layer, in bounded memory. */
import { InputError } from '../errors.js';
import type { Layer, Tap } from '../model/layer.js';
import type { ImageSize, Model } from '../model/model.js';
import { selectTypes } from '../model/select-layers.js';
import { elementCount, type Tensor } from '../tensor/tensor.js';
import { asMaps, type MapShape, mapShape } from './map-shape.js';
import type { Runtime, Session } from './runtime.js';
import { tensorShapes } from './tensor-shapes.js';

/** What a layer answered, as feature maps: the framework's own values at the tap. */
export interface Activation {
  readonly layer: Layer;
  readonly tap: Tap;
  /** [1, maps, height, width]. A map is a filter's output, or in three dimensions one slice of it. */
  readonly tensor: Tensor;
  readonly shape: MapShape;
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
  /** Also runs the network to its classifier, where it has one. Default: false. */
  readonly classify?: boolean;
}

const DEFAULT_TAP = 'conv';
const DEFAULT_BYTE_BUDGET = 512 * 2 ** 20;

/** Opening the network, running it, and what the receiver does with the activations. */
export type CaptureStage = 'session' | 'forward' | 'maps';

/** Ready to run images of one size; sessions stay open between images where one run captures everything. */
export interface Capture {
  /** The maps of each layer, in the order in which `activations` yields them. */
  readonly shapes: readonly { readonly layer: Layer; readonly shape: MapShape }[];
  /** Whether all activations fit the budget at once. */
  readonly holdsAll: boolean;
  /** `enter` is told what the time is spent on from now on. */
  activations(image: Tensor, enter?: (stage: CaptureStage) => void): AsyncGenerator<Activation>;
  /** The classifier's output [1, classes] for the image whose activations were last yielded to the end; null where there is none. */
  readonly answer: Tensor | null;
  close(): Promise<void>;
}

/** Throws an InputError where the image is too small for the network. */
export async function openCapture(
  model: Model,
  runtime: Runtime,
  size: ImageSize,
  options: CaptureOptions = {},
): Promise<Capture> {
  const {
    layers = selectTypes(model.layers, undefined),
    tap = DEFAULT_TAP,
    byteBudget = DEFAULT_BYTE_BUDGET,
  } = options;
  const inputShape = [1, model.input.channels, ...size].join('x');
  const answerName = options.classify ? (model.classifier?.tensor ?? null) : null;
  const tensors = layers.map((layer) => layer.tensors[tap]);
  const open = async (names: readonly string[]) => runtime.open(await model.program([...new Set(names)], size));

  let kept: Session | undefined;
  const known = model.shapes(size);
  if (!known) kept = await open(answerName ? [...tensors, answerName] : tensors);
  const shapes = known ?? (await tensorShapes(kept!, model, size));
  const planned = layers.map((layer) => ({ layer, shape: mapShape(layer, shapes.get(layer.tensors[tap])!) }));
  const groups = groupByBytes(layers, byteBudget, ({ tensors }) => 4 * elementCount(shapes.get(tensors[tap])!));
  if (groups.length > 1) {
    await kept?.close();
    kept = undefined;
  }

  let answer: Tensor | null = null;
  return {
    shapes: planned,
    holdsAll: groups.length === 1,
    async *activations(image, enter = () => {}) {
      const shape = image.shape.join('x');
      if (shape !== inputShape) {
        throw new InputError(`the input tensor is ${shape}, expected ${inputShape}: one image of one size`);
      }
      answer = null;
      for (const group of groups) {
        enter('session');
        const names = group.map((layer) => layer.tensors[tap]);
        const withAnswer = answerName !== null && group === groups.at(-1);
        const session = kept ?? (await open(withAnswer ? [...names, answerName] : names));
        if (groups.length === 1) kept = session;
        enter('forward');
        const outputs = await session.run(image).finally(() => (session === kept ? undefined : session.close()));
        if (withAnswer) answer = outputs.get(answerName)!;
        enter('maps');
        for (const [index, layer] of group.entries()) {
          const name = layer.tensors[tap];
          // Let go at its last use, so that it can be collected before the next forward pass, where memory peaks.
          let activation: Activation | undefined = activationOf(layer, tap, outputs);
          if (!group.slice(index + 1).some(({ tensors }) => tensors[tap] === name)) outputs.delete(name);
          yield activation;
          activation = undefined;
        }
      }
    },
    get answer() {
      return answer;
    },
    close: async () => kept?.close(),
  };
}

function activationOf(layer: Layer, tap: Tap, outputs: ReadonlyMap<string, Tensor>): Activation {
  const tensor = outputs.get(layer.tensors[tap])!;
  const shape = mapShape(layer, tensor.shape);
  return { layer, tap, shape, tensor: asMaps(tensor, shape) };
}

/** One image's activations; see CaptureOptions. Throws an InputError where the image is too small for the network. */
export async function* capture(
  model: Model,
  image: Tensor,
  { runtime, ...options }: CaptureOptions & { readonly runtime: Runtime },
): AsyncGenerator<Activation> {
  const [, , height = 0, width = 0] = image.shape;
  const opened = await openCapture(model, runtime, [height, width], options);
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
