/**
 * The zip that torch.save writes since 1.6 (torch/serialization.py `_save`): `NAME/data.pkl` describes the tensors,
 * `NAME/data/KEY` holds the bytes of each storage. TorchScript archives, the same container with code, are refused.
 */

import { crc32 } from '../../bytes/crc32.js';
import type { ByteSource } from '../../bytes/source.js';
import { ModelError } from '../../errors.js';
import { quote } from '../quote.js';
import { type ByteRange, readRange } from '../read-ranges.js';
import type { CheckedRange, StateDict } from '../state-dict.js';
import { findTensors } from './find-tensors.js';
import { placeTensors } from './place-tensors.js';
import { findTorchGlobal, loadTorchStorage } from './torch-globals.js';
import { unpickle } from './unpickle.js';
import { locateEntries, readZipDirectory, type ZipEntry } from './zip.js';

/** Those of MAX_OPCODES opcodes are shorter; ResNet-18's has 12 kB. */
export const MAX_PICKLE_BYTES = 67_108_864;

const PICKLE_NAME = /^([^/]+\/)data\.pkl$/;
const CODE_NAME = /^[^/]+\/(?:constants\.pkl$|code\/)/;

/**
 * Reads the directory, the pickle (whose CRC-32 is verified) and the local headers of the storages in use; no tensor.
 * Throws a ModelError where any of them is broken, and where the file holds anything but tensors.
 */
export async function readTorchZip(source: ByteSource): Promise<StateDict> {
  const entries = await readZipDirectory(source);
  const [prefix, ...others] = [...entries.keys()].flatMap((name) => PICKLE_NAME.exec(name)?.[1] ?? []);
  if (prefix === undefined || others.length > 0) {
    const found = prefix === undefined ? 'no data.pkl' : 'several data.pkl';
    throw new ModelError(
      `${source.name}: a zip with ${found}, so not a checkpoint; give a .pth file that torch.save wrote`,
    );
  }
  if ([...entries.keys()].some((name) => CODE_NAME.test(name))) {
    throw new ModelError(
      `${source.name}: a TorchScript archive, which holds code; load it with torch.jit.load and save its state_dict()`,
    );
  }
  await checkByteOrder(source, entries.get(`${prefix}byteorder`));
  const tensors = findTensors(await readPickle(source, entries.get(`${prefix}data.pkl`)!), source.name);

  const keys = [...new Set([...tensors.values()].map(({ storage }) => storage.key))];
  const storages = keys.flatMap((key) => entries.get(`${prefix}data/${key}`) ?? []);
  const ranges = await locateEntries(source, storages);
  const stored = new Map<string, ByteRange | CheckedRange>();
  for (const [index, { name, crc32 }] of storages.entries()) {
    const range = ranges[index]!;
    stored.set(name.slice(`${prefix}data/`.length), crc32 === null ? range : { ...range, crc32 });
  }
  return { format: 'torch zip', source, entries: placeTensors(tensors, stored, source.name) };
}

async function readPickle(source: ByteSource, entry: ZipEntry) {
  const where = `${source.name}: ${quote(entry.name)}`;
  if (entry.byteLength > MAX_PICKLE_BYTES) {
    throw new ModelError(`${where} claims ${entry.byteLength} bytes; more than ${MAX_PICKLE_BYTES} are not read`);
  }
  const bytes = await readEntry(source, entry);
  if (entry.crc32 !== null && crc32(bytes) !== entry.crc32)
    throw new ModelError(`${where} fails its CRC-32; the file is damaged, get it again`);
  const pickle = unpickle(bytes, 0, where, { findGlobal: findTorchGlobal, loadPersistent: loadTorchStorage });
  if (pickle === 'incomplete')
    throw new ModelError(`${where} ends inside the pickle; the file is damaged, get it again`);
  return pickle.value;
}

/** Torch writes the machine's byte order since 2.1; without it the order is little. */
async function checkByteOrder(source: ByteSource, entry: ZipEntry | undefined): Promise<void> {
  if (entry === undefined) return;
  const order = entry.byteLength <= 'little'.length ? new TextDecoder().decode(await readEntry(source, entry)) : '';
  if (order === 'little') return;
  const found = order === 'big' ? 'its numbers are big-endian' : `${quote(entry.name)} does not say 'little' or 'big'`;
  throw new ModelError(`${source.name}: ${found}; load it with PyTorch on a usual machine and save it again`);
}

async function readEntry(source: ByteSource, entry: ZipEntry): Promise<Uint8Array> {
  const [range] = await locateEntries(source, [entry]);
  return readRange(source, range!.start, range!.end);
}
