/** One small function for each pickle opcode that checkpoints need; names are those of Python's pickletools.py. */
import { quote } from '../quote.js';
import type { PickleMachine } from './pickle-machine.js';
import {
  describeValue,
  isPickleKey,
  type PickleDict,
  PickleGlobal,
  PickleObject,
  PickleProblem,
  PickleTuple,
  type PickleValue,
} from './pickle-value.js';

type Operation = (machine: PickleMachine) => void;

/** Opcode to operation. STOP is the machine's own. */
export const OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, proto],
  [0x95, (m) => m.take(8)], // FRAME: a hint for buffered reading
  // Constants and numbers
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.int32())], // BININT
  [0x4b, (m) => m.push(m.uint8())], // BININT1
  [0x4d, (m) => m.push(m.uint16())], // BININT2
  [0x8a, (m) => m.push(decodeLong(m.take(m.uint8())))], // LONG1
  [0x47, (m) => m.push(m.float64())], // BINFLOAT
  // Strings; Python 2 wrote str as bytes
  [0x58, (m) => m.push(m.text(m.uint32()))], // BINUNICODE
  [0x8c, (m) => m.push(m.text(m.uint8()))], // SHORT_BINUNICODE
  [0x54, (m) => m.push(m.text(m.uint32()))], // BINSTRING
  [0x55, (m) => m.push(m.text(m.uint8()))], // SHORT_BINSTRING
  // Containers
  [0x28, (m) => m.mark()], // MARK
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x29, (m) => m.push(new PickleTuple([]))], // EMPTY_TUPLE
  [0x74, (m) => m.push(new PickleTuple(m.popToMark()))], // TUPLE
  [0x85, (m) => pushTuple(m, 1)], // TUPLE1
  [0x86, (m) => pushTuple(m, 2)], // TUPLE2
  [0x87, (m) => pushTuple(m, 3)], // TUPLE3
  [0x61, (m) => append(m, [m.pop()])], // APPEND
  [0x65, (m) => append(m, m.popToMark())], // APPENDS
  [0x73, (m) => setItems(m, [m.pop(), m.pop()].reverse())], // SETITEM
  [0x75, (m) => setItems(m, m.popToMark())], // SETITEMS
  // Memo
  [0x71, (m) => m.memo.set(m.uint8(), m.top())], // BINPUT
  [0x72, (m) => m.memo.set(m.uint32(), m.top())], // LONG_BINPUT
  [0x94, (m) => m.memo.set(m.memo.size, m.top())], // MEMOIZE
  [0x68, (m) => m.recall(m.uint8())], // BINGET
  [0x6a, (m) => m.recall(m.uint32())], // LONG_BINGET
  // Objects
  [0x63, (m) => m.pushGlobal(m.line(), m.line())], // GLOBAL
  [0x93, stackGlobal],
  [0x52, call], // REDUCE
  [0x81, call], // NEWOBJ
  [0x62, build],
  [0x51, (m) => m.push(m.environment.loadPersistent(m.pop()))], // BINPERSID
]);

/** Opcodes with a name worth telling: they build objects of classes, or hold what no state dict holds. */
export const REFUSED_OPCODES: ReadonlyMap<number, string> = new Map([
  [0x69, 'INST'],
  [0x6f, 'OBJ'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [0x92, 'NEWOBJ_EX'],
  [0x50, 'PERSID'],
  [0x42, 'BINBYTES'],
  [0x43, 'SHORT_BINBYTES'],
  [0x8e, 'BINBYTES8'],
  [0x8d, 'BINUNICODE8'],
  [0x96, 'BYTEARRAY8'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
  [0x8f, 'EMPTY_SET'],
  [0x91, 'FROZENSET'],
  [0x8b, 'LONG4'],
]);

function proto(machine: PickleMachine): void {
  const protocol = machine.uint8();
  if (protocol < 2 || protocol > 5) throw new PickleProblem(`protocol ${protocol} is not one of 2 to 5`);
}

/** A little-endian two's complement integer. */
function decodeLong(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  value = BigInt.asIntN(8 * bytes.byteLength, value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function pushTuple(machine: PickleMachine, size: number): void {
  const items = Array.from({ length: size }, () => machine.pop());
  machine.push(new PickleTuple(items.reverse()));
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw new PickleProblem(`items are appended to ${describeValue(list)}`);
  for (const item of items) list.push(item);
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const dict = machine.top();
  if (!(dict instanceof Map)) throw new PickleProblem(`items are set in ${describeValue(dict)}`);
  if (items.length % 2 !== 0) throw new PickleProblem('a key has no value');
  for (let index = 0; index < items.length; index += 2) setItem(dict, items[index]!, items[index + 1]!);
}

/** Sets one item; a repeated key is refused, since torch.save writes none. */
export function setItem(dict: PickleDict, key: PickleValue, value: PickleValue): void {
  if (!isPickleKey(key)) throw new PickleProblem(`a dict's key is ${describeValue(key)}`);
  if (dict.has(key)) throw new PickleProblem(`a dict has the key ${quote(String(key))} twice`);
  dict.set(key, value);
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.popString();
  machine.pushGlobal(machine.popString(), name);
}

function call(machine: PickleMachine): void {
  const args = machine.pop();
  const callee = machine.pop();
  if (!(callee instanceof PickleGlobal) || callee.call === undefined) {
    throw new PickleProblem(`${describeValue(callee)} cannot be called`);
  }
  if (!(args instanceof PickleTuple)) throw new PickleProblem(`${callee.name} is called without a tuple`);
  machine.push(callee.call(args.items));
}

/** Sets an object's state. An OrderedDict's is its attributes (`_metadata`: module versions): nothing reads them. */
function build(machine: PickleMachine): void {
  const state = machine.pop();
  const target = machine.top();
  if (target instanceof Map && state instanceof Map) return;
  if (!(target instanceof PickleObject)) throw new PickleProblem(`${describeValue(target)} takes no state`);
  target.setState(state);
}
