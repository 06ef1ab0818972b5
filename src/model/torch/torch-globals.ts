/**
 * The Python names that a checkpoint of tensors needs, and what each becomes here (torch/_utils.py and the list in
 * torch/_weights_only_unpickler.py). Any other name is code to execute and is refused.
 */
import type { DType } from '../../tensor/tensor.js';
import { MAX_RANK } from '../extent.js';
import { quote } from '../quote.js';
import { setItem } from './pickle-operations.js';
import { describeValue, PickleGlobal, PickleProblem, PickleTuple, type PickleValue } from './pickle-value.js';
import { type StorageDType, TorchStorage, TorchTensor } from './torch-values.js';

type Args = readonly (PickleValue | undefined)[];

const STORAGE_DTYPES: ReadonlyMap<string, StorageDType> = new Map<string, StorageDType>([
  ['FloatStorage', 'float32'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['DoubleStorage', 'float64'],
  ['LongStorage', 'int64'],
  ['IntStorage', 'int32'],
  ['ShortStorage', 'int16'],
  ['CharStorage', 'int8'],
  ['ByteStorage', 'uint8'],
  ['BoolStorage', 'bool'],
  ['UntypedStorage', 'untyped'],
]);
const STORAGE_NAME = /^torch\.(?:cuda\.|storage\.)?(\w+Storage)$/;

const ELEMENT_DTYPES: ReadonlyMap<string, DType> = new Map(
  [...STORAGE_DTYPES.values()].filter((dtype) => dtype !== 'untyped').map((dtype) => [`torch.${dtype}`, dtype]),
);

const CONSTRUCTORS: ReadonlyMap<string, (args: Args) => PickleValue> = new Map<string, (args: Args) => PickleValue>([
  ['collections.OrderedDict', orderedDict],
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTensorOfDtype],
  ['torch._utils._rebuild_parameter', parameter],
  ['torch._utils._rebuild_parameter_with_state', parameter],
  ['torch.nn.parameter.Parameter', parameter],
  ['torch.Size', ([sizes]) => new PickleTuple(counts(sizes, 'a size'))],
  ['torch.device', () => null],
]);

const UNREAD_DTYPE = `an element type that is not read; convert to ${[...ELEMENT_DTYPES.values()].join(', ')}`;

/** What PyTorch saves as tensors without dense values of a known type. */
const REFUSED: readonly (readonly [name: RegExp, what: string])[] = [
  [/^torch\._utils\._rebuild_qtensor$/, 'a quantised tensor; save the model before it is quantised'],
  [/^torch\._utils\._rebuild_sparse_\w+$/, 'a sparse tensor; save its .to_dense()'],
  [/^torch\._utils\._rebuild_nested_tensor$/, 'a nested tensor; save its parts'],
  [/^torch\._utils\._rebuild_meta_tensor_no_storage$/, 'a tensor on the meta device, which has no values'],
  [STORAGE_NAME, UNREAD_DTYPE],
  [/^torch\.(?:u?int|b?float|chalf|complex|quint|qint|bits)\w*$/, UNREAD_DTYPE],
];

/** Throws a PickleProblem for every name that is not on the list. */
export function findTorchGlobal(name: string): PickleGlobal {
  const isConstant = storageDtype(name) !== undefined || ELEMENT_DTYPES.has(name);
  const call = CONSTRUCTORS.get(name);
  if (isConstant || call !== undefined) return new PickleGlobal(name, call);
  const refused = REFUSED.find(([pattern]) => pattern.test(name));
  if (refused !== undefined) throw new PickleProblem(`${quote(name)} is ${refused[1]}`);
  throw new PickleProblem(
    `${quote(name)} is code, and nothing in a checkpoint is executed; ` +
      'if you trust the file, load it in Python and save model.state_dict() alone',
  );
}

/**
 * The storage behind torch.save's persistent id ('storage', type, key, location, elements) and, in the legacy stream,
 * a sixth item: None, or (view key, first element, elements).
 */
export function loadTorchStorage(id: PickleValue): TorchStorage {
  const [kind, type, key, , length, view = null] = id instanceof PickleTuple ? id.items : [];
  if (kind === 'module') {
    throw new PickleProblem('the file holds a whole module, which is code; save model.state_dict() instead');
  }
  const dtype = type instanceof PickleGlobal ? storageDtype(type.name) : undefined;
  if (kind !== 'storage' || dtype === undefined || typeof key !== 'string') {
    throw new PickleProblem("a persistent id is not ('storage', type, key, location, size)");
  }
  const storedLength = count(length, "a storage's size");
  if (view === null) return new TorchStorage(key, dtype, storedLength);
  const [, start, size] = view instanceof PickleTuple ? view.items : [];
  const viewStart = count(start, "a view's start");
  const viewLength = count(size, "a view's size");
  if (viewStart + viewLength > storedLength) {
    throw new PickleProblem(`a view ends at element ${viewStart + viewLength} of a storage of ${storedLength}`);
  }
  return new TorchStorage(key, dtype, storedLength, viewStart, viewLength);
}

function storageDtype(name: string): StorageDType | undefined {
  return STORAGE_DTYPES.get(STORAGE_NAME.exec(name)?.[1] ?? '');
}

/** OrderedDict(), or OrderedDict([[key, value], ...]) as Python 2 pickled it. */
function orderedDict([items = []]: Args): PickleValue {
  if (!Array.isArray(items)) throw new PickleProblem(`an OrderedDict is made of ${describeValue(items)}`);
  const dict = new Map();
  for (const item of items) {
    const [key, value] = item instanceof PickleTuple ? item.items : Array.isArray(item) ? item : [];
    if (key === undefined || value === undefined) throw new PickleProblem("an OrderedDict's item is not a pair");
    setItem(dict, key, value);
  }
  return dict;
}

/** (storage, offset, size, stride, requires_grad, backward_hooks, metadata); the first version ends with the stride. */
function rebuildTensor([storage, offset, size, stride, , , metadata]: Args): TorchTensor {
  if (!(storage instanceof TorchStorage)) throw new PickleProblem(`a tensor is built on ${describeValue(storage)}`);
  if (storage.dtype === 'untyped') throw new PickleProblem('a tensor of an untyped storage has no element type');
  return stridedTensor(storage, storage.dtype, offset, size, stride, metadata);
}

/** (storage, offset, size, stride, requires_grad, backward_hooks, dtype, metadata) over an untyped storage. */
function rebuildTensorOfDtype([storage, offset, size, stride, , , type, metadata]: Args): TorchTensor {
  const dtype = type instanceof PickleGlobal ? ELEMENT_DTYPES.get(type.name) : undefined;
  if (!(storage instanceof TorchStorage) || storage.dtype !== 'untyped' || dtype === undefined) {
    throw new PickleProblem(`a tensor of ${describeValue(type)} is built on ${describeValue(storage)}`);
  }
  return stridedTensor(storage, dtype, offset, size, stride, metadata);
}

function stridedTensor(
  storage: TorchStorage,
  dtype: DType,
  offset: PickleValue | undefined,
  size: PickleValue | undefined,
  stride: PickleValue | undefined,
  metadata: PickleValue | undefined,
): TorchTensor {
  const shape = counts(size, "a tensor's size");
  const strides = counts(stride, "a tensor's stride");
  if (strides.length !== shape.length) {
    throw new PickleProblem(`a tensor has ${shape.length} sizes and ${strides.length} strides`);
  }
  if (metadata instanceof Map && metadata.size > 0) {
    throw new PickleProblem('a tensor is stored conjugated or negated; save its .resolve_conj().resolve_neg()');
  }
  return new TorchTensor(storage, dtype, count(offset, "a tensor's offset"), shape, strides);
}

/** (data, requires_grad, ...): what is around the tensor plays no part in inference. */
function parameter([data]: Args): TorchTensor {
  if (!(data instanceof TorchTensor)) throw new PickleProblem(`a parameter is built on ${describeValue(data)}`);
  return data;
}

function counts(value: PickleValue | undefined, what: string): number[] {
  if (!(value instanceof PickleTuple)) throw new PickleProblem(`${what} is ${describeValue(value)}, not a tuple`);
  if (value.items.length > MAX_RANK) throw new PickleProblem(`${what} has more than ${MAX_RANK} axes`);
  return value.items.map((item) => count(item, what));
}

function count(value: PickleValue | undefined, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new PickleProblem(`${what} is ${describeValue(value)}, not a whole number from 0`);
}
