/**
 * safetensors (github.com/huggingface/safetensors, "Format"): a uint64 header length, a JSON header, and the tensors'
 * bytes, row-major and little-endian, that the header's offsets cover without a gap or an overlap. `__metadata__` is
 * checked and left out of the result.
 */
import type { ByteSource } from '../../bytes/source.js';
import { ModelError } from '../../errors.js';
import type { DType } from '../../tensor/tensor.js';
import { denseByteLength, MAX_RANK, rowMajorStrides } from '../extent.js';
import { quote } from '../quote.js';
import { readRange } from '../read-ranges.js';
import type { StateDict, StateDictEntry } from '../state-dict.js';
import { type JsonValue, parseJson } from './parse-json.js';

/** The reference implementation's limit. */
const MAX_HEADER_BYTES = 100_000_000;

const LENGTH_BYTES = 8;
const DTYPES: ReadonlyMap<JsonValue | undefined, DType> = new Map<JsonValue | undefined, DType>([
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['F64', 'float64'],
  ['I64', 'int64'],
  ['I32', 'int32'],
  ['I16', 'int16'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
]);

/** Reads the header alone. Throws a ModelError where it breaks a rule of the format. */
export async function readSafetensors(source: ByteSource): Promise<StateDict> {
  const { header, dataStart } = await readHeader(source);
  const fail = (problem: string): never => {
    throw new ModelError(`${source.name}: ${problem}; it is not a valid safetensors file, get it again`);
  };
  const entries = new Map<string, StateDictEntry>();
  const extents: { name: string; begin: number; end: number }[] = [];
  for (const [name, value] of header) {
    if (name === '__metadata__') {
      checkMetadata(value, fail);
      continue;
    }
    const { dtype, shape, begin, end } = parseEntry(name, value, fail);
    extents.push({ name, begin, end });
    entries.set(name, { dtype, shape, strides: rowMajorStrides(shape), byteOffset: dataStart + begin });
  }
  let covered = 0;
  for (const { name, begin, end } of extents.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) fail(`${quote(name)} starts at byte ${begin} of the data, where ${covered} is expected`);
    covered = end;
  }
  const dataBytes = source.byteLength - dataStart;
  if (covered > dataBytes) {
    throw new ModelError(
      `${source.name}: its tensors take ${covered} bytes and ${dataBytes} are there; it is truncated, get it again`,
    );
  }
  if (covered < dataBytes) fail(`${dataBytes - covered} bytes follow the last tensor`);
  if (entries.size === 0) fail('it has no tensors');
  return { format: 'safetensors', source, entries };
}

async function readHeader(source: ByteSource): Promise<{ header: Map<string, JsonValue>; dataStart: number }> {
  const lengthBytes = await readRange(source, 0, LENGTH_BYTES);
  const length = new DataView(lengthBytes.buffer, lengthBytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw new ModelError(
      `${source.name}: claims a header of ${length} bytes; the format's limit is ${MAX_HEADER_BYTES}`,
    );
  }
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > source.byteLength) {
    throw new ModelError(
      `${source.name}: its header ends at byte ${dataStart}, but the file has ${source.byteLength}; it is truncated, get it again`,
    );
  }
  try {
    const bytes = await readRange(source, LENGTH_BYTES, dataStart);
    const header = parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    if (header instanceof Map) return { header, dataStart };
    throw new SyntaxError('it is not an object');
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new ModelError(`${source.name}: its header is not the JSON it should be: ${error.message}`, { cause: error });
  }
}

function parseEntry(name: string, value: JsonValue, fail: (problem: string) => never) {
  if (!(value instanceof Map)) return fail(`the header's ${quote(name)} is not an object`);
  const spelled = value.get('dtype');
  const dtype = DTYPES.get(spelled);
  if (dtype === undefined) {
    return fail(
      `${quote(name)} has the element type ${quote(String(spelled))}, not one of ${[...DTYPES.keys()].join(', ')}`,
    );
  }
  const shape = counts(value.get('shape'));
  const [begin, end, ...rest] = counts(value.get('data_offsets')) ?? [];
  if (shape === undefined || begin === undefined || end === undefined || rest.length > 0) {
    return fail(`${quote(name)} has no shape of whole numbers or no pair of data_offsets`);
  }
  const byteLength = denseByteLength(dtype, shape);
  if (shape.length > MAX_RANK || byteLength !== end - begin) {
    return fail(`${quote(name)} of ${dtype} and shape [${shape.join(', ')}] does not fill bytes ${begin} to ${end}`);
  }
  return { dtype, shape, begin, end };
}

function counts(value: JsonValue | undefined): number[] | undefined {
  const isCount = (item: JsonValue): item is number =>
    typeof item === 'number' && Number.isSafeInteger(item) && item >= 0;
  return Array.isArray(value) && value.every(isCount) ? value : undefined;
}

function checkMetadata(value: JsonValue, fail: (problem: string) => never): void {
  const isText = value instanceof Map && [...value.values()].every((item) => typeof item === 'string');
  if (!isText) fail('its __metadata__ is not an object of strings');
}
