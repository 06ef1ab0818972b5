/** From tensors that name a storage to entries with an offset in the file, every extent checked against the storage. */
import { ModelError } from '../../errors.js';
import { DTYPE_BYTES } from '../../tensor/tensor.js';
import { denseByteLength, spanInElements } from '../extent.js';
import { quote } from '../quote.js';
import type { ByteRange } from '../read-ranges.js';
import type { CheckedRange, StateDictEntry } from '../state-dict.js';
import type { StorageDType, TorchStorage, TorchTensor } from './torch-values.js';

/** `stored` says where the bytes of each storage key lie. Throws a ModelError; `where` names the file in it. */
export function placeTensors(
  tensors: ReadonlyMap<string, TorchTensor>,
  stored: ReadonlyMap<string, ByteRange | CheckedRange>,
  where: string,
): Map<string, StateDictEntry> {
  const entries = new Map<string, StateDictEntry>();
  for (const [name, { storage, dtype, storageOffset, shape, strides }] of tensors) {
    const range = stored.get(storage.key);
    if (range === undefined) throw new ModelError(`${where}: ${quote(name)} has no storage ${quote(storage.key)}`);
    checkStoredLength(storage, range, where);
    const start = storage.viewStart * itemBytes(storage.dtype) + storageOffset * DTYPE_BYTES[dtype];
    const length = storage.viewLength * itemBytes(storage.dtype) - storageOffset * DTYPE_BYTES[dtype];
    const span = spanInElements(shape, strides);
    if (denseByteLength(dtype, shape) === undefined || span === undefined || span * DTYPE_BYTES[dtype] > length) {
      throw new ModelError(
        `${where}: ${quote(name)} of shape [${shape.join(', ')}] and strides [${strides.join(', ')}] ` +
          `at element ${storageOffset} reaches beyond its storage of ${storage.viewLength}; the file is damaged, get it again`,
      );
    }
    const entry = { dtype, shape, strides, byteOffset: range.start + start };
    entries.set(name, 'crc32' in range ? { ...entry, storage: range } : entry);
  }
  return entries;
}

/** Throws a ModelError where the file does not store what the pickle says of a storage. */
export function checkStoredLength({ key, dtype, storedLength }: TorchStorage, range: ByteRange, where: string): void {
  const byteLength = storedLength * itemBytes(dtype);
  if (byteLength === range.end - range.start) return;
  throw new ModelError(
    `${where}: storage ${quote(key)} should have ${byteLength} bytes (${storedLength} of ${dtype}) ` +
      `and has ${range.end - range.start}; the file is damaged, get it again`,
  );
}

export function itemBytes(dtype: StorageDType): number {
  return dtype === 'untyped' ? 1 : DTYPE_BYTES[dtype];
}
