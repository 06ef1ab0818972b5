/**
 * The safetensors format (github.com/huggingface/safetensors, "Format"): the header's length as a little-endian uint64,
 * a JSON header padded with spaces to a multiple of 8 bytes, then the tensors without gaps. Ordered as the reference
 * implementation orders them, by falling element size and then by name, so that every tensor is aligned.
 */
import { DTYPE_BYTES, type DType, elementCount } from '../tensor/tensor.js';

export interface DescribedTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** In falling order of the reference implementation's enum, which decides between types. */
const SPELLINGS: readonly (readonly [DType, string])[] = [
  ['int64', 'I64'],
  ['float64', 'F64'],
  ['float32', 'F32'],
  ['int32', 'I32'],
  ['bfloat16', 'BF16'],
  ['float16', 'F16'],
  ['int16', 'I16'],
  ['int8', 'I8'],
  ['uint8', 'U8'],
  ['bool', 'BOOL'],
];
const RANK = new Map(SPELLINGS.map(([dtype], index) => [dtype, index]));
const SPELLING = new Map(SPELLINGS);

/** The tensors in the order in which their bytes follow the header. */
export function inFileOrder<T extends DescribedTensor>(tensors: readonly T[]): T[] {
  return [...tensors].sort((a, b) => RANK.get(a.dtype)! - RANK.get(b.dtype)! || (a.name < b.name ? -1 : 1));
}

/** Everything before the first tensor. `ordered` comes from `inFileOrder`; names are unique. */
export function encodeSafetensorsHeader(ordered: readonly DescribedTensor[]): Uint8Array {
  let offset = 0;
  const entries = ordered.map(({ name, dtype, shape }) => {
    const begin = offset;
    offset += elementCount(shape) * DTYPE_BYTES[dtype];
    const entry = { dtype: SPELLING.get(dtype), shape, data_offsets: [begin, offset] };
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
  });
  const json = new TextEncoder().encode(`{${entries.join(',')}}`);
  const header = new Uint8Array(8 + Math.ceil(json.byteLength / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.byteLength - 8), true);
  header.set(json, 8);
  return header;
}
