/**
 * Protocol Buffers wire format, reading side (https://protobuf.dev/programming-guides/encoding), over bytes that stay where they are: a
 * field is a span of the file, and only what is asked for is decoded. Depth, number of fields and every length are bounded
 * before anything is allocated. Groups, which ONNX does not use, are skipped.
 */
import { ModelError } from '../../errors.js';

/** Bytes [start, end) of the file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** ONNX nests a subgraph in four levels; torch's deepest exports nest two subgraphs. */
export const MAX_DEPTH = 64;
/** ResNet-152 as torch's dynamo exporter writes it has 21,000. A field costs at most some 250 bytes of memory, which bounds what a small hostile file can take. */
export const MAX_FIELDS = 1_000_000;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const GROUP_START = 3;
const GROUP_END = 4;
const FIXED32 = 5;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What all readers of one file share. */
export class WireFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  fields = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.name = name;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): MessageReader {
    return new MessageReader(this, 0, this.bytes.byteLength, 0);
  }

  broken(what: string, offset: number): ModelError {
    return new ModelError(
      `${this.name}: not a whole ONNX file: ${what} at offset ${offset}; it is damaged, get it again`,
    );
  }
}

/** Steps through the fields of one message: `while (reader.next()) switch (reader.field) ...`. */
export class MessageReader {
  /** Number of the current field. */
  field = 0;
  /** The current field with its tag: copying [start, end) copies the field. */
  start: number;
  end: number;
  private readonly file: WireFile;
  private readonly limit: number;
  private readonly depth: number;
  private type = 0;
  private value = 0;
  private at: number;

  constructor(file: WireFile, start: number, limit: number, depth: number) {
    this.file = file;
    this.start = start;
    this.end = start;
    this.at = start;
    this.limit = limit;
    this.depth = depth;
  }

  /** False at the message's end. Throws a ModelError where the next field is broken or reaches beyond the message. */
  next(): boolean {
    if (this.end === this.limit) return false;
    if (++this.file.fields > MAX_FIELDS) throw this.broken(`more than ${MAX_FIELDS} fields`);
    this.start = this.end;
    this.at = this.start;
    this.readTag();
    if (this.type === GROUP_START) this.skipGroup();
    else this.skipValue();
    this.end = this.at;
    return true;
  }

  /** A signed 64-bit integer; beyond 2^53 the nearest double. */
  int(): number {
    this.expect(VARINT);
    this.at = this.value;
    return this.varint();
  }

  /** The values of a repeated integer field, of which this is one or, packed, several; undefined where they are more than `most`. */
  ints(most: number): number[] | undefined {
    if (this.type === VARINT) return [this.int()];
    this.expect(BYTES);
    const values: number[] = [];
    for (this.at = this.value; this.at < this.end; ) {
      if (values.length === most) return undefined;
      values.push(this.varint());
    }
    if (this.at > this.end) throw this.broken('a packed list that ends inside a number');
    return values;
  }

  float(): number {
    this.expect(FIXED32);
    return this.file.view.getFloat32(this.value, true);
  }

  /** As `ints`. */
  floats(most: number): number[] | undefined {
    if (this.type === FIXED32) return [this.float()];
    const { start, end } = this.span();
    if ((end - start) % 4 !== 0) throw this.broken('a packed list that ends inside a number');
    if ((end - start) / 4 > most) return undefined;
    return Array.from({ length: (end - start) / 4 }, (_, i) => this.file.view.getFloat32(start + 4 * i, true));
  }

  /** A length-delimited field's content. */
  span(): Span {
    this.expect(BYTES);
    return { start: this.value, end: this.end };
  }

  text(): string {
    const bytes = this.bytes();
    try {
      return UTF8.decode(bytes);
    } catch {
      throw this.broken('a name that is not UTF-8');
    }
  }

  bytes(): Uint8Array {
    const { start, end } = this.span();
    return this.file.bytes.subarray(start, end);
  }

  message(): MessageReader {
    const { start, end } = this.span();
    if (this.depth === MAX_DEPTH) throw this.broken(`messages nested more than ${MAX_DEPTH} deep`);
    return new MessageReader(this.file, start, end, this.depth + 1);
  }

  broken(what: string): ModelError {
    return this.file.broken(what, this.start);
  }

  private readTag(): void {
    const tag = this.varint();
    this.field = Math.floor(tag / 8);
    this.type = tag % 8;
    if (this.field < 1 || tag > 0xffffffff) throw this.broken('a field without a number');
  }

  /** Moves behind the value; `value` is where it starts, after its length. */
  private skipValue(): void {
    this.value = this.at;
    switch (this.type) {
      case VARINT:
        this.varint();
        break;
      case FIXED64:
        this.at += 8;
        break;
      case BYTES: {
        const byteLength = this.varint();
        this.value = this.at;
        if (byteLength < 0 || byteLength > this.limit - this.at) {
          throw this.broken(`a field of ${byteLength} bytes where ${this.limit - this.at} are left`);
        }
        this.at += byteLength;
        break;
      }
      case FIXED32:
        this.at += 4;
        break;
      default:
        throw this.broken(`wire type ${this.type}, which is none,`);
    }
    if (this.at > this.limit) throw this.broken('a field that ends beyond its message');
  }

  private skipGroup(): void {
    this.value = this.at;
    const { field } = this;
    for (let depth = 1; depth > 0; ) {
      if (++this.file.fields > MAX_FIELDS) throw this.broken(`more than ${MAX_FIELDS} fields`);
      this.readTag();
      if (this.type === GROUP_START) depth++;
      else if (this.type === GROUP_END) depth--;
      else this.skipValue();
    }
    this.field = field;
    this.type = GROUP_START;
  }

  private varint(): number {
    const { bytes } = this.file;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (this.at >= this.limit) throw this.broken('a number that is cut off');
      const byte = bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return i === 9 ? this.negative() : value;
    }
    throw this.broken('a number of more than ten bytes');
  }

  /** Two's complement in the ten bytes before `at`. */
  private negative(): number {
    let value = 0n;
    for (let i = 1; i <= 10; i++) value = (value << 7n) | BigInt(this.file.bytes[this.at - i]! & 0x7f);
    return Number(BigInt.asIntN(64, value));
  }

  private expect(type: number): void {
    if (this.type !== type) throw this.broken(`wire type ${this.type} in field ${this.field}, expected ${type},`);
  }
}
