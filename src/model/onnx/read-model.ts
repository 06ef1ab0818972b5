/**
 * ModelProto (onnx.proto): the network's description, in one pass that decodes names, attributes and shapes and leaves every tensor's values where
 * they are. Repeated occurrences of `graph` merge, as Protocol Buffers has it. Training information is left out.
 */
import { ModelError } from '../../errors.js';
import { quote } from '../quote.js';
import type { OnnxFile, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './onnx-file.js';
import { type NodeContext, readNode } from './read-node.js';
import { readEntry, readSparseTensor, readTensor, readValue } from './read-tensor.js';
import { type MessageReader, type Span, WireFile } from './wire.js';

type Context = NodeContext & { readonly functions: Set<string> };

/** Throws a ModelError where the bytes are no ONNX file or a broken one. */
export function readModel(bytes: Uint8Array, name: string): OnnxFile {
  const context: Context = { operators: new Map(), external: [], functions: new Set() };
  const graph = new GraphBuilder();
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  const rest: Span[] = [];
  let irVersion = 0;
  const reader = new WireFile(bytes, name).read();
  while (reader.next()) {
    const { field, start, end } = reader;
    if (field !== 7) rest.push({ start, end });
    if (field === 1) irVersion = reader.int();
    else if (field === 7) graph.read(reader.message(), context);
    else if (field === 8) opsets.set(...readOpset(reader.message()));
    else if (field === 14) metadata.set(...readEntry(reader.message()));
    else if (field === 25) readFunction(reader.message(), context);
  }
  if (!graph.found || opsets.size === 0) {
    const missing = graph.found ? 'operator set' : 'graph';
    throw new ModelError(`${name}: not an ONNX file, or only a part of one: it has no ${missing}; give a .onnx file`);
  }
  const { operators, external, functions } = context;
  return { name, bytes, irVersion, opsets, metadata, graph, functions, operators, external, rest };
}

class GraphBuilder implements OnnxGraph {
  found = false;
  readonly nodes: OnnxNode[] = [];
  readonly initialisers = new Map<string, OnnxTensor>();
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];
  readonly values = new Map<string, OnnxValue>();
  readonly rest: Span[] = [];

  read(reader: MessageReader, context: Context): void {
    this.found = true;
    while (reader.next()) {
      const span = { start: reader.start, end: reader.end };
      switch (reader.field) {
        case 1:
          this.nodes.push(readNode(reader.message(), span, context, 0));
          break;
        case 5: {
          const tensor = readTensor(reader.message(), span);
          if (tensor.external) context.external.push(tensor);
          this.addInitialiser(tensor, reader);
          break;
        }
        case 11:
          this.inputs.push(readValue(reader.message(), span));
          break;
        case 12:
          this.outputs.push(readValue(reader.message(), span));
          break;
        case 13: {
          const value = readValue(reader.message(), span);
          this.values.set(value.name, value);
          break;
        }
        case 15:
          this.addInitialiser(readSparseTensor(reader.message(), span), reader);
          break;
        default:
          this.rest.push(span);
      }
    }
  }

  private addInitialiser(tensor: OnnxTensor, reader: MessageReader): void {
    if (this.initialisers.has(tensor.name)) throw reader.broken(`a second weight named ${quote(tensor.name)}`);
    this.initialisers.set(tensor.name, tensor);
  }
}

function readOpset(reader: MessageReader): [domain: string, version: number] {
  let domain = '';
  let version = 0;
  while (reader.next()) {
    if (reader.field === 1) domain = reader.text();
    else if (reader.field === 2) version = reader.int();
  }
  return [domain === 'ai.onnx' ? '' : domain, version];
}

/** FunctionProto: its operators count; its inside has no tensors of the graph. */
function readFunction(reader: MessageReader, context: Context): void {
  let name = '';
  let domain = '';
  while (reader.next()) {
    if (reader.field === 1) name = reader.text();
    else if (reader.field === 10) domain = reader.text();
    else if (reader.field === 7) readNode(reader.message(), reader, context, 0);
  }
  context.functions.add(`${domain}.${name}`);
}
