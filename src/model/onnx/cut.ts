/** The part of a network that some tensors depend on: spans of the file, copied as they are. Outputs are left out; see expose.ts. */
import { Message } from './message.js';
import type { OnnxFile, OnnxNode } from './onnx-file.js';
import { dependencies } from './order-nodes.js';
import type { Span } from './wire.js';

export interface Part {
  /** Views whose concatenation is a ModelProto without graph outputs. */
  readonly bytes: readonly Uint8Array[];
  /** Everything that the tensors depend on, themselves included. */
  readonly tensors: ReadonlySet<string>;
}

/**
 * `nodes` are in execution order. The input named `kept` stays, whether or not anything needs it; the one named `replaced` does not, whatever
 * needs it.
 */
export function cut(
  file: OnnxFile,
  nodes: readonly OnnxNode[],
  tensors: readonly string[],
  { kept: keptInput, replaced }: { readonly kept?: string; readonly replaced?: string },
): Part {
  const { graph, rest, bytes } = file;
  const needed = new Set(tensors);
  const kept = new Set<OnnxNode>();
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    kept.add(node);
    for (const name of dependencies(node)) needed.add(name);
  }
  const wanted = new Set(tensors);
  const made = new Set([...kept].flatMap((node) => node.outputs).filter((name) => !wanted.has(name)));
  const spans = [
    ...graph.rest,
    ...nodes.filter((node) => kept.has(node)).map(({ span }) => span),
    ...[...graph.initialisers.values()].filter(({ name }) => needed.has(name)).map(({ span }) => span),
    ...graph.inputs
      .filter(({ name }) => name !== replaced && (name === keptInput || needed.has(name)))
      .map(({ span }) => span),
    ...[...graph.values.values()].filter(({ name }) => made.has(name)).map(({ span }) => span),
  ];
  const view = ({ start, end }: Span) => bytes.subarray(start, end);
  return { bytes: [...rest.map(view), graphHeader(spans), ...spans.map(view)], tensors: needed };
}

/** Tag and length of ModelProto's field `graph`, of wire type 2, before a body of these spans. */
function graphHeader(spans: readonly Span[]): Uint8Array {
  const byteLength = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  const header = new Message().int(7, byteLength).finish();
  header[0] = (7 << 3) | 2;
  return header;
}
