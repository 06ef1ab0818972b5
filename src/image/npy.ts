/**
 * NumPy's .npy (NEP 1, versions 1 to 3): the tensor of an image that no picture format holds, such as one of five channels. Reads C-ordered little-endian
 * float32 and uint8; what it leaves out: other types and orders, pickled objects.
 */
import { InputError } from '../errors.js';
import { elementCount, type Tensor } from '../tensor/tensor.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy's own headers take 128 bytes or little more; its reader refuses more than this as unsafe. */
const MAX_HEADER_BYTES = 10_000;

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * [channels, height, width] or [1, channels, height, width] to a tensor [1, channels, height, width], the values as they are. Throws an InputError for
 * anything else.
 */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const refuse = (found: string): never => {
    throw new InputError(`${name}: ${found}; expected a C-ordered float32 or uint8 array [channels, height, width]`);
  };
  if (bytes.length < 12) refuse('the file ends within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerStart = bytes[6] === 1 ? 10 : 12;
  const headerBytes = bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = headerStart + headerBytes;
  if (headerBytes > MAX_HEADER_BYTES || dataStart > bytes.length) refuse(`a header of ${headerBytes} bytes`);
  const header = new TextDecoder('latin1').decode(bytes.subarray(headerStart, dataStart));
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? 'of no simple type';
  const dims = /'shape':\s*\(([\d,\s]*)\)/
    .exec(header)?.[1]
    ?.split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  if (!dims || !/'fortran_order':\s*False/.test(header) || (type !== '<f4' && type !== '|u1')) {
    refuse(`an array ${type}${/'fortran_order':\s*True/.test(header) ? ', Fortran-ordered' : ''}`);
  }
  const shape = dims!.length === 3 ? [1, ...dims!] : dims!;
  if (shape.length !== 4 || shape[0] !== 1 || shape.includes(0)) refuse(`an array of shape [${dims!.join(', ')}]`);
  const count = elementCount(shape);
  const expected = count * (type === '<f4' ? 4 : 1);
  if (!Number.isSafeInteger(expected) || bytes.length - dataStart !== expected) {
    refuse(`${bytes.length - dataStart} bytes of data for shape [${dims!.join(', ')}]`);
  }
  // A copy, for float32 must begin at a multiple of four bytes; `slice` of a Node Buffer would be none.
  const data = new Uint8Array(bytes.subarray(dataStart));
  return { shape, data: type === '<f4' ? new Float32Array(data.buffer) : Float32Array.from(data) };
}
