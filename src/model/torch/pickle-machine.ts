/** The stack machine that a pickle's opcodes work on: a reader, a stack with marks, and a memo. */
import { type PickleGlobal, PickleProblem, type PickleValue } from './pickle-value.js';

export interface PickleEnvironment {
  /** The global of this dotted name; throws PickleProblem for any that is not on its list. */
  findGlobal(name: string): PickleGlobal;
  /** The object behind a persistent id; throws PickleProblem where there is none. */
  loadPersistent(id: PickleValue): PickleValue;
}

/** Thrown where the bytes end inside an opcode. */
export const OUT_OF_BYTES = new Error('out of bytes');
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class PickleMachine {
  readonly environment: PickleEnvironment;
  readonly memo = new Map<number, PickleValue>();
  position: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly stack: PickleValue[] = [];
  /** Heights of the stack at each open MARK. */
  private readonly marks: number[] = [];

  constructor(bytes: Uint8Array, start: number, environment: PickleEnvironment) {
    this.environment = environment;
    this.position = start;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(byteLength: number): Uint8Array {
    return this.bytes.subarray(this.skip(byteLength), this.position);
  }

  uint8(): number {
    return this.view.getUint8(this.skip(1));
  }

  uint16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  uint32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  int32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  /** Big-endian, alone among the arguments. */
  float64(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  text(byteLength: number): string {
    const bytes = this.take(byteLength);
    try {
      return UTF8.decode(bytes);
    } catch {
      throw new PickleProblem('a string is not valid UTF-8');
    }
  }

  line(): string {
    const newline = this.bytes.indexOf(0x0a, this.position);
    if (newline < 0) throw OUT_OF_BYTES;
    const text = this.text(newline - this.position);
    this.position++;
    return text;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) throw new PickleProblem('the stack is empty');
    return this.stack.pop()!;
  }

  popString(): string {
    const value = this.pop();
    if (typeof value !== 'string') throw new PickleProblem('a string is expected here');
    return value;
  }

  top(): PickleValue {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  /** Everything above the latest mark, bottom first. */
  popToMark(): PickleValue[] {
    const height = this.marks.pop();
    if (height === undefined) throw new PickleProblem('there is no MARK to go back to');
    return this.stack.splice(height);
  }

  pushGlobal(module: string, name: string): void {
    this.push(this.environment.findGlobal(`${module}.${name}`));
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new PickleProblem(`nothing is remembered as ${index}`);
    this.push(value);
  }

  finish(): PickleValue {
    const value = this.pop();
    if (this.stack.length > 0 || this.marks.length > 0) throw new PickleProblem('values are left over at STOP');
    return value;
  }

  private skip(byteLength: number): number {
    const start = this.position;
    if (byteLength > this.bytes.byteLength - start) throw OUT_OF_BYTES;
    this.position = start + byteLength;
    return start;
  }
}
