/** What a pickle can build here: plain values, plain containers and the objects that listed globals make. */

export type PickleValue =
  | null
  | boolean
  | number
  /** An integer beyond 2^53. */
  | bigint
  | string
  | PickleValue[]
  | PickleDict
  | PickleTuple
  | PickleGlobal
  | PickleObject;

/** Python's dict and OrderedDict. A Map, so that no key of a file can reach an object's prototype. */
export type PickleDict = Map<PickleKey, PickleValue>;
export type PickleKey = null | boolean | number | bigint | string;

export class PickleTuple {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A Python class, function or constant by its dotted name; `call` says what REDUCE and NEWOBJ make of it. */
export class PickleGlobal {
  readonly name: string;
  readonly call: ((args: readonly PickleValue[]) => PickleValue) | undefined;

  constructor(name: string, call?: (args: readonly PickleValue[]) => PickleValue) {
    this.name = name;
    this.call = call;
  }
}

/** What calling a global can make beyond plain values. */
export abstract class PickleObject {
  abstract readonly kind: string;

  /** Takes the state that BUILD gives. */
  setState(_state: PickleValue): void {
    throw new PickleProblem(`a ${this.kind} takes no state`);
  }
}

/** A pickle that breaks a rule. `unpickle` adds the file and the byte, so the message says only what is wrong. */
export class PickleProblem extends Error {}

/** How an error names a value. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a dict';
  if (value instanceof PickleTuple) return 'a tuple';
  if (value instanceof PickleGlobal) return value.name;
  if (value instanceof PickleObject) return `a ${value.kind}`;
  return typeof value === 'string' ? 'a string' : String(value);
}

export function isPickleKey(value: PickleValue): value is PickleKey {
  return value === null || typeof value !== 'object';
}
