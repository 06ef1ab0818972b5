/** TensorProto and ValueInfoProto (onnx.proto): what they describe, not their values. */
import { MAX_RANK } from '../extent.js';
import type { OnnxTensor, OnnxValue } from './onnx-file.js';
import type { MessageReader, Span } from './wire.js';

const EXTERNAL = 1;

/** `span` is the field that holds the tensor. */
export function readTensor(reader: MessageReader, span: Span): OnnxTensor {
  let name = '';
  let elementType = 0;
  let hasValues = false;
  let isExternal = false;
  const dims: number[] = [];
  const entries = new Map<string, string>();
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        dims.push(...readDims(reader, MAX_RANK - dims.length));
        break;
      case 2:
        elementType = reader.int();
        break;
      // float_data, int32_data, string_data, int64_data, raw_data, double_data, uint64_data
      case 4:
      case 5:
      case 6:
      case 7:
      case 9:
      case 10:
      case 11:
        hasValues = true;
        break;
      case 8:
        name = reader.text();
        break;
      case 13: {
        const [key, value] = readEntry(reader.message());
        entries.set(key, value);
        break;
      }
      case 14:
        isExternal = reader.int() === EXTERNAL;
        break;
    }
  }
  const external = isExternal
    ? {
        location: entries.get('location') ?? '',
        offset: entries.get('offset') ?? '0',
        length: entries.get('length') ?? null,
      }
    : null;
  return { name, elementType, dims, hasValues: hasValues || dims.includes(0), external, span };
}

function readDims(reader: MessageReader, most: number): number[] {
  const dims = reader.ints(most);
  if (!dims || dims.length > most) throw reader.broken(`a tensor of more than ${MAX_RANK} axes`);
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw reader.broken('a tensor of impossible size');
  return dims;
}

/** SparseTensorProto: its name is that of its values. */
export function readSparseTensor(reader: MessageReader, span: Span): OnnxTensor {
  let values: OnnxTensor | undefined;
  while (reader.next()) if (reader.field === 1) values = readTensor(reader.message(), span);
  if (!values) throw reader.broken('a sparse tensor without values');
  return { ...values, hasValues: true };
}

/** StringStringEntryProto. */
export function readEntry(reader: MessageReader): [key: string, value: string] {
  let key = '';
  let value = '';
  while (reader.next()) {
    if (reader.field === 1) key = reader.text();
    else if (reader.field === 2) value = reader.text();
  }
  return [key, value];
}

const KINDS: Readonly<Record<number, OnnxValue['kind']>> = {
  1: 'tensor',
  4: 'sequence',
  5: 'map',
  8: 'sparse tensor',
  9: 'optional',
};

export function readValue(reader: MessageReader, span: Span): OnnxValue {
  let name = '';
  let type: Pick<OnnxValue, 'kind' | 'elementType' | 'dims'> = { kind: 'unknown', elementType: 0, dims: null };
  while (reader.next()) {
    if (reader.field === 1) name = reader.text();
    else if (reader.field === 2) type = readType(reader.message());
  }
  return { name, ...type, span };
}

function readType(reader: MessageReader): Pick<OnnxValue, 'kind' | 'elementType' | 'dims'> {
  let kind: OnnxValue['kind'] = 'unknown';
  let elementType = 0;
  let dims: (number | null)[] | null = null;
  while (reader.next()) {
    kind = KINDS[reader.field] ?? kind;
    if (reader.field !== 1) continue;
    const tensor = reader.message();
    while (tensor.next()) {
      if (tensor.field === 1) elementType = tensor.int();
      else if (tensor.field === 2) dims = readShape(tensor.message());
    }
  }
  return { kind, elementType, dims };
}

/** Exporters also write 0 and -1 for a free size. */
function readShape(reader: MessageReader): (number | null)[] {
  const dims: (number | null)[] = [];
  while (reader.next()) {
    if (reader.field !== 1) continue;
    if (dims.length === MAX_RANK) throw reader.broken(`a tensor of more than ${MAX_RANK} axes`);
    let size: number | null = null;
    const dim = reader.message();
    while (dim.next()) if (dim.field === 1) size = dim.int();
    dims.push(size !== null && size > 0 && Number.isSafeInteger(size) ? size : null);
  }
  return dims;
}
