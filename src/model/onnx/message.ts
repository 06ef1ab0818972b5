/**
 * Protocol Buffers wire format, writing side (https://protobuf.dev/programming-guides/encoding): varints, fixed 32-bit floats and
 * length-delimited fields, which is all that ONNX uses. Field numbers are onnx.proto's.
 */
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;
const text = new TextEncoder();

/** A message under construction: fields in the order they are added. */
export class Message {
  private readonly parts: Uint8Array[] = [];
  private byteLength = 0;

  /** A signed integer; negative ones take ten bytes, as int64 does. */
  int(field: number, value: number): this {
    return this.push(varint((field << 3) | VARINT)).push(varint(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.push(varint((field << 3) | FIXED32)).push(bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.push(varint((field << 3) | BYTES))
      .push(varint(value.byteLength))
      .push(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, text.encode(value));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.byteLength);
    let offset = 0;
    for (const part of this.parts) {
      whole.set(part, offset);
      offset += part.byteLength;
    }
    return whole;
  }

  private push(part: Uint8Array): this {
    this.parts.push(part);
    this.byteLength += part.byteLength;
    return this;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  if (value < 0) {
    // Two's complement in 64 bits: only the last of the ten bytes is not a continuation.
    let big = BigInt.asUintN(64, BigInt(value));
    for (let i = 0; i < 9; i++, big >>= 7n) bytes.push(Number(big & 0x7fn) | 0x80);
    rest = Number(big);
  }
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
