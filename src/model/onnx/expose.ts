/**
 * Tensors as float32 outputs of a network, by appending to its bytes: Protocol Buffers merges repeated occurrences of ModelProto's `graph`
 * (https://protobuf.dev/programming-guides/encoding/#last-one-wins), so one more, with the new outputs, adds them and
 * changes nothing else. A tensor of another type is converted by a node that is appended too.
 */
import type { GraphFacts } from './graph-facts.js';
import { Message } from './message.js';
import { ELEMENT } from './onnx-file.js';
import type { Quantisation } from './quantisation.js';

/** How a tensor of the graph becomes a float32 output. */
export interface Exposure {
  /** In the graph. */
  readonly tensor: string;
  /** Of the output: the tensor's own where it is float32. */
  readonly name: string;
  readonly isFloat: boolean;
  readonly quantisation: Quantisation | null;
}

/**
 * One exposure for each tensor that an image changes, by its output's name. Where the element type is not known the conversion is there too: from float32
 * it changes nothing.
 */
export function exposeAll(facts: GraphFacts): Map<string, Exposure> {
  const { live, elementTypes, quantisations, walk, file } = facts;
  const exposures = new Map<string, Exposure>();
  const isTaken = (name: string) => walk.producer(name) !== undefined || file.graph.initialisers.has(name);
  for (const tensor of live) {
    const type = elementTypes.get(tensor);
    const isFloat = type === ELEMENT.float;
    let name = isFloat ? tensor : `${tensor}:float32`;
    while (!isFloat && (isTaken(name) || isTaken(`${name}:real`) || exposures.has(name))) name += ':';
    const quantisation = type !== undefined && INTEGERS.has(type) ? (quantisations.get(tensor) ?? null) : null;
    exposures.set(name, { tensor, name, isFloat, quantisation });
  }
  return exposures;
}

const INTEGERS: ReadonlySet<number> = new Set([
  ELEMENT.uint8,
  ELEMENT.int8,
  ELEMENT.uint16,
  ELEMENT.int16,
  ELEMENT.int32,
]);

/** What must have run for this output. */
export function sourcesOf({ tensor, quantisation }: Exposure): string[] {
  return quantisation ? [tensor, quantisation.scale, quantisation.zeroPoint] : [tensor];
}

/** Bytes to append to a ModelProto whose graph has none of these outputs yet. */
export function encodeExposures(exposures: readonly Exposure[]): Uint8Array {
  const graph = new Message();
  for (const { tensor, name, isFloat, quantisation } of exposures) {
    if (!isFloat) {
      const real = quantisation ? `${name}:real` : tensor;
      if (quantisation) graph.message(1, dequantise(tensor, real, quantisation));
      // Quantised ones too, whatever the scale's type makes of them.
      graph.message(1, encodeCast(real, name, ELEMENT.float));
    }
    graph.message(12, new Message().string(1, name));
  }
  return new Message().message(7, graph).finish();
}

/** A node that converts a tensor to an element type. */
export function encodeCast(from: string, to: string, elementType: number): Message {
  const attribute = new Message().string(1, 'to').int(3, elementType).int(20, 2);
  return new Message().string(1, from).string(2, to).string(3, to).string(4, 'Cast').message(5, attribute);
}

function dequantise(from: string, to: string, { scale, zeroPoint, domain, axis }: Quantisation): Message {
  const node = new Message().string(1, from).string(1, scale);
  if (zeroPoint !== '') node.string(1, zeroPoint);
  node.string(2, to).string(3, to).string(4, 'DequantizeLinear').string(7, domain);
  if (axis?.type === 'int') node.message(5, new Message().string(1, 'axis').int(3, axis.value).int(20, 2));
  return node;
}
