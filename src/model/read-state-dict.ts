/** Checkpoints: which format a file has, by its first bytes, and the values of the tensors one asks for. */
import type { ByteSource } from '../bytes/source.js';
import { ModelError } from '../errors.js';
import { DTYPE_BYTES, type RawTensor } from '../tensor/tensor.js';
import { denseByteLength, spanInElements } from './extent.js';
import { quote } from './quote.js';
import { type ByteRange, readRange, readRanges } from './read-ranges.js';
import { readSafetensors } from './safetensors/read-safetensors.js';
import { isContiguous, type StateDict, type StateDictEntry } from './state-dict.js';
import { readTorchLegacy } from './torch/read-torch-legacy.js';
import { readTorchZip } from './torch/read-torch-zip.js';

interface CheckpointFormat {
  readonly name: string;
  /** False says that the file is not in this format. */
  matches(firstBytes: Uint8Array): boolean;
  /** Throws a ModelError where the file is in this format and broken. */
  read(source: ByteSource): Promise<StateDict>;
}

/** Enough for a tar's magic, the signature that lies deepest. */
const FIRST_BYTES = 512;
/** LONG1 with torch.save's magic number. */
const LEGACY_MAGIC = '\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19';

/** The first that matches reads the file. What people give by mistake is known by name and refused with a way out. */
const FORMATS: readonly CheckpointFormat[] = [
  { name: 'torch zip', matches: (bytes) => startsWith(bytes, 'PK\x03\x04'), read: readTorchZip },
  {
    name: 'torch legacy',
    matches: (bytes) => isPickle(bytes) && latin1(bytes.subarray(0, 32)).includes(LEGACY_MAGIC),
    read: readTorchLegacy,
  },
  {
    name: 'other pickle',
    matches: isPickle,
    read: refuse("a Python pickle without torch.save's header; save model.state_dict() with torch.save"),
  },
  { name: 'empty', matches: (bytes) => bytes.length === 0, read: refuse('the file is empty; get it again') },
  {
    name: 'Git LFS pointer',
    matches: (bytes) => startsWith(bytes, 'version https://git-lfs'),
    read: refuse('a Git LFS pointer, not the file it stands for; run git lfs pull'),
  },
  {
    name: 'web page',
    matches: (bytes) => /^\s*<(?:!doctype|html|head|!--|\?xml)/i.test(latin1(bytes)),
    read: refuse('a web page, not a checkpoint; the download went to the wrong address'),
  },
  { name: 'safetensors', matches: (bytes) => bytes[8] === 0x7b, read: readSafetensors },
  {
    name: 'torch tar',
    matches: (bytes) => startsWith(bytes.subarray(257), 'ustar'),
    read: refuse('a tar, as torch.save wrote until early 2017; load it with torch.load and save it again'),
  },
  {
    name: 'other',
    matches: () => true,
    read: refuse('not a checkpoint; give a .pth file of torch.save or a .safetensors file'),
  },
];

/** The tensors of a checkpoint by name. Reads its description, not its values. Throws a ModelError. */
export async function readStateDict(source: ByteSource): Promise<StateDict> {
  const firstBytes = await readRange(source, 0, Math.min(FIRST_BYTES, source.byteLength));
  return FORMATS.find(({ matches }) => matches(firstBytes))!.read(source);
}

function refuse(what: string): CheckpointFormat['read'] {
  return async (source) => {
    throw new ModelError(`${source.name}: ${what}`);
  };
}

function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1] !== undefined && bytes[1] >= 2 && bytes[1] <= 5;
}

/**
 * The values of the named tensors, in the order of `names`, row-major and little-endian. Tensors that are stored with
 * other strides (channels_last, transposed) are gathered. The bytes may be views of one buffer at any alignment. Throws
 * a ModelError for a name that is not there.
 */
export async function readTensors(dict: StateDict, names: readonly string[]): Promise<Map<string, RawTensor>> {
  const entries = names.map((name) => {
    const entry = dict.entries.get(name);
    if (entry === undefined) throw new ModelError(`${dict.source.name}: has no tensor ${quote(name)}`);
    checkDenseSize(name, entry, dict.source);
    return entry;
  });
  const stored = await readRanges(dict.source, entries.map(storedRange));
  return new Map(
    names.map((name, index) => {
      const entry = entries[index]!;
      const bytes = isContiguous(entry) ? stored[index]! : gather(entry, stored[index]!);
      return [name, { dtype: entry.dtype, shape: entry.shape, bytes }];
    }),
  );
}

/** A stride of 0 can make a few bytes any number of elements; no tensor of a network is larger than its own file. */
function checkDenseSize(name: string, { dtype, shape }: StateDictEntry, source: ByteSource): void {
  const byteLength = denseByteLength(dtype, shape) ?? Number.POSITIVE_INFINITY;
  if (byteLength <= source.byteLength) return;
  throw new ModelError(
    `${source.name}: ${quote(name)} of shape [${shape.join(', ')}] takes ${byteLength} bytes when its repeated elements ` +
      `are written out, more than the file's ${source.byteLength}; save its .contiguous()`,
  );
}

function storedRange({ dtype, shape, strides, byteOffset }: StateDictEntry): ByteRange {
  return { start: byteOffset, end: byteOffset + spanInElements(shape, strides)! * DTYPE_BYTES[dtype] };
}

/** Copies a strided tensor into row-major order. `stored` starts at its first element and ends after its last. */
function gather({ dtype, shape, strides }: StateDictEntry, stored: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(denseByteLength(dtype, shape)!);
  const wordBytes = Math.min(DTYPE_BYTES[dtype], 4) as 1 | 2 | 4;
  const Words = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[wordBytes];
  const from = new Words(new Uint8Array(stored).buffer);
  const to = new Words(bytes.buffer);
  // Elements of 8 bytes are two words each: one more axis
  const wordsPerElement = DTYPE_BYTES[dtype] / wordBytes;
  const sizes = [...shape, wordsPerElement];
  const steps = [...strides.map((stride) => stride * wordsPerElement), 1];
  const innerSize = sizes.at(-1)!;

  const index = new Array<number>(sizes.length).fill(0);
  let source = 0;
  for (let target = 0; target < to.length; target += innerSize) {
    for (let word = 0; word < innerSize; word++) to[target + word] = from[source + word]!;
    // Next index in row-major order
    for (let axis = sizes.length - 2; axis >= 0; axis--) {
      source += steps[axis]!;
      index[axis]!++;
      if (index[axis]! < sizes[axis]!) break;
      source -= index[axis]! * steps[axis]!;
      index[axis] = 0;
    }
  }
  return bytes;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return latin1(bytes.subarray(0, text.length)) === text;
}

/** One character a byte; unlike TextDecoder's latin1, which is windows-1252. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
