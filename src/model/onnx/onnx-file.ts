/** What is read of an ONNX file (onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): its description, with spans for the rest. */
import type { Attribute } from '../graph.js';
import type { Span } from './wire.js';

/** TensorProto.DataType, those that are told apart here. */
export const ELEMENT = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
} as const;

export interface OnnxFile {
  /** How errors name it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly irVersion: number;
  /** Version by domain; ONNX's own is ''. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: OnnxGraph;
  /** Operators that the file defines itself, as `domain.name`. */
  readonly functions: ReadonlySet<string>;
  /** How many nodes have each operator, named `domain.op` or `op`, in subgraphs and functions too. */
  readonly operators: ReadonlyMap<string, number>;
  /** Every tensor whose values are in another file, in subgraphs and functions too. */
  readonly external: readonly OnnxTensor[];
  /** ModelProto's fields other than `graph`. */
  readonly rest: readonly Span[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What the file says about tensors in between. */
  readonly values: ReadonlyMap<string, OnnxValue>;
  /** Fields that describe nothing above. */
  readonly rest: readonly Span[];
}

export interface OnnxNode {
  readonly op: string;
  /** '' is ONNX's own, also where the file says `ai.onnx`. */
  readonly domain: string;
  /** As in the file; may be empty or shared. */
  readonly name: string;
  /** '' is an optional one left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Those with numbers or text; long lists are left out. */
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** The tensor of a Constant. */
  readonly value: OnnxTensor | null;
  /** Names that the bodies of If, Loop and Scan use and that may come from the graph around them. */
  readonly captured: readonly string[];
  /** torch's dynamo exporter: the modules from the outermost to the operation. */
  readonly scopes: readonly string[];
  readonly span: Span;
}

export interface OnnxTensor {
  readonly name: string;
  readonly elementType: number;
  readonly dims: readonly number[];
  /** Whether the file has values for it. */
  readonly hasValues: boolean;
  /** ONNX's external data; offset and length as the file writes them. */
  readonly external: { readonly location: string; readonly offset: string; readonly length: string | null } | null;
  readonly span: Span;
}

export interface OnnxValue {
  readonly name: string;
  /** What it is, where it is no tensor. */
  readonly kind: 'tensor' | 'sequence' | 'map' | 'optional' | 'sparse tensor' | 'unknown';
  /** 0 where the file does not say. */
  readonly elementType: number;
  /** null per axis whose size is free; null as a whole where the file does not say. */
  readonly dims: readonly (number | null)[] | null;
  readonly span: Span;
}
