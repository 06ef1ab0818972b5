/**
 * The stream that torch.save wrote before 1.6 (torch/serialization.py `_legacy_save`): pickles of a magic number, a
 * version, facts about the machine, the object and its storage keys; then for each key an int64 number of elements and
 * their bytes. The tar of early 2017 is left out.
 */
import type { ByteSource } from '../../bytes/source.js';
import { ModelError } from '../../errors.js';
import { quote } from '../quote.js';
import { type ByteRange, readRange, readRanges } from '../read-ranges.js';
import type { StateDict } from '../state-dict.js';
import { findTensors } from './find-tensors.js';
import { PickleProblem, type PickleValue } from './pickle-value.js';
import { checkStoredLength, itemBytes, placeTensors } from './place-tensors.js';
import { findTorchGlobal, loadTorchStorage } from './torch-globals.js';
import type { TorchStorage } from './torch-values.js';
import { unpickle } from './unpickle.js';

/** The pickles of every network in torchvision fit the first read. */
const FIRST_READ_BYTES = 262_144;
/** More than the pickles of MAX_OPCODES opcodes need. */
const MAX_PICKLES_BYTES = 67_108_864;

const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;
const LENGTH_BYTES = 8;

interface Pickles {
  readonly root: PickleValue;
  /** Every storage that the object mentions, by key. */
  readonly storages: ReadonlyMap<string, TorchStorage>;
  /** The keys in the order of their bytes. */
  readonly keys: readonly string[];
  readonly end: number;
}

/** Reads the pickles and the length of every storage, no tensor. Throws a ModelError where any of them is broken. */
export async function readTorchLegacy(source: ByteSource): Promise<StateDict> {
  const { root, storages, keys, end } = await readPickles(source);
  const tensors = findTensors(root, source.name);
  const stored = new Map<string, ByteRange>();
  let next = end;
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined || stored.has(key)) {
      throw new ModelError(
        `${source.name}: storage ${quote(key)} is ${storage ? 'listed twice' : 'listed and not used'}`,
      );
    }
    const start = next + LENGTH_BYTES;
    next = start + storage.storedLength * itemBytes(storage.dtype);
    if (next > source.byteLength) {
      throw new ModelError(
        `${source.name}: storage ${quote(key)} should end at byte ${next}, but the file has ${source.byteLength}; ` +
          'it is truncated, get it again',
      );
    }
    stored.set(key, { start, end: next });
  }
  if (next < source.byteLength) {
    throw new ModelError(
      `${source.name}: ${source.byteLength - next} bytes follow the last storage; get the file again`,
    );
  }
  await checkLengths(source, storages, stored);
  return { format: 'torch legacy', source, entries: placeTensors(tensors, stored, source.name) };
}

/** Reads a longer and longer start of the file until the pickles, whose length is written nowhere, are whole. */
async function readPickles(source: ByteSource): Promise<Pickles> {
  const limit = Math.min(source.byteLength, MAX_PICKLES_BYTES);
  for (let byteLength = Math.min(FIRST_READ_BYTES, limit); ; byteLength = Math.min(4 * byteLength, limit)) {
    const pickles = parsePickles(await readRange(source, 0, byteLength), source.name);
    if (pickles !== 'incomplete') return pickles;
    if (byteLength === limit) {
      const why = limit < source.byteLength ? `are longer than ${limit} bytes` : 'end with the file: it is truncated';
      throw new ModelError(`${source.name}: the pickles before the tensors ${why}; get the file again`);
    }
  }
}

function parsePickles(bytes: Uint8Array, where: string): Pickles | 'incomplete' {
  const storages = new Map<string, TorchStorage>();
  const environment = {
    findGlobal: findTorchGlobal,
    loadPersistent: (id: PickleValue) => {
      const storage = loadTorchStorage(id);
      const known = storages.get(storage.key) ?? storage;
      if (known.dtype !== storage.dtype || known.storedLength !== storage.storedLength) {
        throw new PickleProblem(`storage ${quote(storage.key)} is described in two ways`);
      }
      storages.set(storage.key, known);
      return storage;
    },
  };
  const values: PickleValue[] = [];
  let end = 0;
  for (let index = 0; index < 5; index++) {
    const pickle = unpickle(bytes, end, where, environment);
    if (pickle === 'incomplete') return 'incomplete';
    values.push(pickle.value);
    end = pickle.end;
  }
  const [magic, version, machine, root, keys] = values;
  if (magic !== MAGIC || version !== VERSION) {
    throw new ModelError(`${where}: starts with magic ${magic} and version ${version}, not torch.save's ${VERSION}`);
  }
  if (!(machine instanceof Map) || machine.get('little_endian') !== true) {
    throw new ModelError(`${where}: its numbers are not little-endian; load it with PyTorch and save it again`);
  }
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw new ModelError(`${where}: its list of storages is not a list of strings; get the file again`);
  }
  return { root: root!, storages, keys, end };
}

/** Each storage's own length must be the one that the pickle has. */
async function checkLengths(
  source: ByteSource,
  storages: ReadonlyMap<string, TorchStorage>,
  stored: ReadonlyMap<string, ByteRange>,
): Promise<void> {
  const ranges = [...stored.values()];
  const lengths = await readRanges(
    source,
    ranges.map(({ start }) => ({ start: start - LENGTH_BYTES, end: start })),
  );
  for (const [index, key] of [...stored.keys()].entries()) {
    const bytes = lengths[index]!;
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigInt64(0, true));
    const storage = storages.get(key)!;
    const start = ranges[index]!.start;
    checkStoredLength(storage, { start, end: start + length * itemBytes(storage.dtype) }, source.name);
  }
}
