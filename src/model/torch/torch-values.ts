/** The two objects a checkpoint's pickle describes: storages and tensors, without their bytes. */
import type { DType } from '../../tensor/tensor.js';
import { describeValue, PickleObject, PickleProblem, PickleTuple, type PickleValue } from './pickle-value.js';

/** 'untyped' counts in bytes; its tensors name their own element type. */
export type StorageDType = DType | 'untyped';

/** A run of elements inside the bytes that the file stores under `key`. */
export class TorchStorage extends PickleObject {
  readonly kind = 'storage';
  readonly key: string;
  readonly dtype: StorageDType;
  /** Elements that are stored under `key`. */
  readonly storedLength: number;
  /** The part of them that this storage sees, in elements: all, or a view as old files have it. */
  readonly viewStart: number;
  readonly viewLength: number;

  constructor(key: string, dtype: StorageDType, storedLength: number, viewStart = 0, viewLength = storedLength) {
    super();
    this.key = key;
    this.dtype = dtype;
    this.storedLength = storedLength;
    this.viewStart = viewStart;
    this.viewLength = viewLength;
  }
}

/** A strided window of a storage. Numbers are non-negative safe integers, not yet checked against the storage. */
export class TorchTensor extends PickleObject {
  readonly kind = 'tensor';
  readonly storage: TorchStorage;
  readonly dtype: DType;
  /** First element, counted from the storage's start. */
  readonly storageOffset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(
    storage: TorchStorage,
    dtype: DType,
    storageOffset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    super();
    this.storage = storage;
    this.dtype = dtype;
    this.storageOffset = storageOffset;
    this.shape = shape;
    this.strides = strides;
  }

  /** A Parameter's state before torch 0.4: (requires_grad, volatile, backward_hooks), nothing that inference needs. */
  override setState(state: PickleValue): void {
    if (state instanceof PickleTuple && state.items.length === 3) return;
    throw new PickleProblem(`a parameter's state is ${describeValue(state)}, not three items`);
  }
}
