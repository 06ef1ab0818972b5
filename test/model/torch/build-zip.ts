/** A stored zip with every field open to lies. */
import { crc32 } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly localName?: string;
  readonly method?: number;
  readonly flags?: number;
  readonly crc32?: number;
  readonly byteLength?: number;
  readonly originalLength?: number;
  readonly headerOffset?: number;
  /** Zip64 extra field: original length, stored length, header offset. */
  readonly zip64?: readonly bigint[];
}

export interface ZipEnd {
  readonly entryCount?: number;
  readonly directoryBytes?: number;
  readonly directoryOffset?: number;
  readonly disk?: number;
  readonly comment?: string;
  /** Between the directory and the end record. */
  readonly gap?: Uint8Array;
}

export function buildZip(files: readonly ZipFile[], end: ZipEnd = {}): Uint8Array {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const local = Buffer.alloc(30);
    const localName = Buffer.from(file.localName ?? file.name);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(file.method ?? 0, 8);
    local.writeUInt16LE(localName.length, 26);
    pieces.push(local, localName, Buffer.from(file.bytes));

    const central = Buffer.alloc(46);
    const name = Buffer.from(file.name);
    const extra = Buffer.alloc(file.zip64 ? 4 + 8 * file.zip64.length : 0);
    if (file.zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(8 * file.zip64.length, 2);
      for (const [index, value] of file.zip64.entries()) extra.writeBigUInt64LE(value, 4 + 8 * index);
    }
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(file.flags ?? 0, 8);
    central.writeUInt16LE(file.method ?? 0, 10);
    central.writeUInt32LE(file.crc32 ?? crc32(file.bytes), 16);
    central.writeUInt32LE(file.byteLength ?? file.bytes.length, 20);
    central.writeUInt32LE(file.originalLength ?? file.byteLength ?? file.bytes.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE(file.headerOffset ?? offset, 42);
    directory.push(central, name, extra);
    offset += local.length + localName.length + file.bytes.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const comment = Buffer.from(end.comment ?? '');
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  last.writeUInt16LE(end.disk ?? 0, 4);
  last.writeUInt16LE(end.entryCount ?? files.length, 8);
  last.writeUInt16LE(end.entryCount ?? files.length, 10);
  last.writeUInt32LE(end.directoryBytes ?? directoryBytes.length, 12);
  last.writeUInt32LE(end.directoryOffset ?? offset, 16);
  last.writeUInt16LE(comment.length, 20);
  return new Uint8Array(Buffer.concat([...pieces, directoryBytes, end.gap ?? Buffer.alloc(0), last, comment]));
}

/** A checkpoint around this pickle, with storage '0' of six float32 elements unless said otherwise. */
export function checkpointZip(pickle: Uint8Array, storage: Uint8Array = new Uint8Array(24)): Uint8Array {
  return buildZip([
    { name: 'archive/data.pkl', bytes: pickle },
    { name: 'archive/data/0', bytes: storage },
  ]);
}
