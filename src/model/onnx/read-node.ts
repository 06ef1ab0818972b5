/** NodeProto and AttributeProto (onnx.proto), with the subgraphs of If, Loop and Scan as far as they reach out of themselves. */
import type { Attribute } from '../graph.js';
import type { OnnxNode, OnnxTensor } from './onnx-file.js';
import { readEntry, readTensor } from './read-tensor.js';
import type { MessageReader, Span } from './wire.js';

/** What is gathered over all nodes of a file. */
export interface NodeContext {
  readonly operators: Map<string, number>;
  readonly external: OnnxTensor[];
}

/** Kernels, axes and permutations are this short; a longer list is data and stays where it is. */
const MAX_LIST = 1024;
const MAX_TEXT_BYTES = 256;
const MAX_SUBGRAPHS = 8;

const SCOPES = 'pkg.torch.onnx.name_scopes';
const LATIN1 = new TextDecoder('latin1');

interface AttributeContent {
  readonly name: string;
  readonly attribute: Attribute | null;
  readonly tensor: OnnxTensor | null;
}

export function readNode(reader: MessageReader, span: Span, context: NodeContext, nesting: number): OnnxNode {
  let op = '';
  let domain = '';
  let name = '';
  let scopes: string[] = [];
  let value: OnnxTensor | null = null;
  const inputs: string[] = [];
  const outputs: string[] = [];
  const captured: string[] = [];
  const attributes: Record<string, Attribute> = Object.create(null);
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        inputs.push(reader.text());
        break;
      case 2:
        outputs.push(reader.text());
        break;
      case 3:
        name = reader.text();
        break;
      case 4:
        op = reader.text();
        break;
      case 5: {
        const content = readAttribute(reader.message(), context, captured, nesting);
        if (content.attribute) attributes[content.name] = content.attribute;
        if (content.name === 'value') value = content.tensor;
        break;
      }
      case 7:
        domain = reader.text();
        break;
      case 9: {
        const [key, text] = readEntry(reader.message());
        if (key === SCOPES) scopes = parseScopes(text);
        break;
      }
    }
  }
  if (op === '') throw reader.broken('a node without an operator');
  if (domain === 'ai.onnx') domain = '';
  const operator = domain === '' ? op : `${domain}.${op}`;
  context.operators.set(operator, (context.operators.get(operator) ?? 0) + 1);
  const { start, end } = span;
  return { op, domain, name, inputs, outputs, attributes, value, captured, scopes, span: { start, end } };
}

function readAttribute(
  reader: MessageReader,
  context: NodeContext,
  captured: string[],
  nesting: number,
): AttributeContent {
  let name = '';
  let attribute: Attribute | null = null;
  let tensor: OnnxTensor | null = null;
  const ints: number[] = [];
  const floats: number[] = [];
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        name = reader.text();
        break;
      case 2:
        attribute = { type: 'float', value: reader.float() };
        break;
      case 3:
        attribute = { type: 'int', value: reader.int() };
        break;
      case 4:
        attribute = readText(reader);
        break;
      case 5:
      case 10:
        tensor = readTensor(reader.message(), { start: reader.start, end: reader.end });
        if (tensor.external) context.external.push(tensor);
        break;
      case 6:
      case 11:
        if (nesting === MAX_SUBGRAPHS) throw reader.broken(`subgraphs nested more than ${MAX_SUBGRAPHS} deep`);
        readSubgraph(reader.message(), context, captured, nesting + 1);
        break;
      case 7:
        collect(floats, reader.floats(MAX_LIST));
        break;
      case 8:
        collect(ints, reader.ints(MAX_LIST));
        break;
    }
  }
  if (ints.length > 0) attribute = ints.length > MAX_LIST ? null : { type: 'ints', value: ints };
  if (floats.length > 0) attribute = floats.length > MAX_LIST ? null : { type: 'floats', value: floats };
  return { name, attribute, tensor };
}

/** A repeated field comes in one piece or many. Beyond MAX_LIST only that it is too long is kept. */
function collect(list: number[], more: readonly number[] | undefined): void {
  if (list.length <= MAX_LIST) list.push(...(more ?? new Array<number>(MAX_LIST + 1)));
}

function readText(reader: MessageReader): Attribute | null {
  const bytes = reader.bytes();
  return bytes.byteLength > MAX_TEXT_BYTES ? null : { type: 'string', value: LATIN1.decode(bytes) };
}

/** Every name that a body uses: those that it defines itself are not told apart, since a name of the graph that nothing uses costs nothing. */
function readSubgraph(reader: MessageReader, context: NodeContext, captured: string[], nesting: number): void {
  while (reader.next()) {
    const span = { start: reader.start, end: reader.end };
    if (reader.field === 1) {
      const node = readNode(reader.message(), span, context, nesting);
      for (const name of node.inputs) captured.push(name);
      for (const name of node.captured) captured.push(name);
    } else if (reader.field === 5) {
      const tensor = readTensor(reader.message(), span);
      if (tensor.external) context.external.push(tensor);
    } else if (reader.field === 12) {
      const output = reader.message();
      while (output.next()) if (output.field === 1) captured.push(output.text());
    }
  }
}

/** Python's repr of a list of names. */
function parseScopes(text: string): string[] {
  return [...text.matchAll(/'([^']*)'/g)].map(([, name]) => name!);
}
