import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/errors.js';
import { readStateDict } from '../../../src/model/read-state-dict.js';
import { MAX_PICKLE_BYTES } from '../../../src/model/torch/read-torch-zip.js';
import { MAX_ENTRIES } from '../../../src/model/torch/zip.js';
import { strictSource } from '../strict-source.js';
import { bytesOf, dict, PROTO, STOP, tensor } from './build-pickle.js';
import { buildZip, type ZipEnd, type ZipFile } from './build-zip.js';

const PICKLE: ZipFile = { name: 'archive/data.pkl', bytes: bytesOf(PROTO, dict(['a', tensor({})]), STOP) };
const STORAGE: ZipFile = { name: 'archive/data/0', bytes: new Uint8Array(24) };
const STORAGE_OFFSET = 30 + PICKLE.name.length + PICKLE.bytes.length;
const DIRECTORY_OFFSET = STORAGE_OFFSET + 30 + STORAGE.name.length + STORAGE.bytes.length;
const DIRECTORY_BYTES = 2 * 46 + PICKLE.name.length + STORAGE.name.length;

function read(files: readonly ZipFile[], end?: ZipEnd) {
  return readStateDict(strictSource(buildZip(files, end), 'w.pth'));
}

function text(name: string, content: string): ZipFile {
  return { name, bytes: new TextEncoder().encode(content) };
}

describe('what is read', () => {
  it.each<[string, ZipFile[], ZipEnd]>([
    ['a plain archive', [PICKLE, STORAGE], {}],
    ['a comment', [PICKLE, STORAGE], { comment: 'made by hand' }],
    ['an unused compressed entry', [PICKLE, STORAGE, { ...text('archive/notes', 'zip'), method: 8 }], {}],
    ['little-endian by name', [text('archive/byteorder', 'little'), PICKLE, STORAGE], {}],
    [
      'no checksums, as set_crc32_options(False) leaves it',
      [PICKLE, STORAGE].map((file) => ({ ...file, crc32: 0 })),
      {},
    ],
    ['zip64 fields', [PICKLE, { ...STORAGE, byteLength: 0xffffffff, zip64: [24n, 24n] }], {}],
  ])('%s', async (_, files, end) => {
    const state = await read(files, end);
    expect(state.entries.get('a')!.shape).toEqual([2, 3]);
  });

  it('the tensor lies where the local header says, after its extra field', async () => {
    const state = await read([PICKLE, STORAGE]);
    expect(state.entries.get('a')!.byteOffset).toBe(DIRECTORY_OFFSET - 24);
  });
});

describe('the directory', () => {
  const AGAIN = 'it is not as torch.save wrote it, get the file again';
  it.each<[string, ZipFile[], ZipEnd, string]>([
    [
      'a deflated tensor',
      [PICKLE, { ...STORAGE, bytes: deflateRawSync(new Uint8Array(24)), originalLength: 24, method: 8 }],
      {},
      "entry 'archive/data/0' is compressed (method 8)",
    ],
    [
      'a deflated pickle that claims 4 GiB',
      [{ ...PICKLE, method: 8, originalLength: 0xfffffffe }, STORAGE],
      {},
      "entry 'archive/data.pkl' is compressed (method 8)",
    ],
    [
      'a stored entry of two lengths',
      [PICKLE, { ...STORAGE, originalLength: 4000 }],
      {},
      "entry 'archive/data/0' is stored in 24 bytes and claims 4000",
    ],
    ['an encrypted entry', [PICKLE, { ...STORAGE, flags: 1 }], {}, "entry 'archive/data/0' is encrypted"],
    ['two entries of one name', [PICKLE, STORAGE, STORAGE], {}, "has two entries named 'archive/data/0'"],
    [
      'an entry beyond the file',
      [PICKLE, { ...STORAGE, byteLength: 0xfffffffe }],
      {},
      `entry 'archive/data/0' claims 4294967294 bytes at offset ${STORAGE_OFFSET}, but ${DIRECTORY_OFFSET} is taken`,
    ],
    [
      'an entry of 2^63 bytes',
      [PICKLE, { ...STORAGE, byteLength: 0xffffffff, zip64: [2n ** 63n, 2n ** 63n] }],
      {},
      `entry 'archive/data/0' claims 9223372036854776000 bytes at offset ${STORAGE_OFFSET}, but ${DIRECTORY_OFFSET} is taken`,
    ],
    [
      'entries that share bytes',
      [PICKLE, STORAGE, { ...STORAGE, name: 'archive/data/1', headerOffset: STORAGE_OFFSET }],
      {},
      `entry 'archive/data/1' claims 24 bytes at offset ${STORAGE_OFFSET}, but ${STORAGE_OFFSET} is taken`,
    ],
    [
      'an entry that reaches into the next',
      [{ ...PICKLE, byteLength: PICKLE.bytes.length + 1 }, STORAGE],
      {},
      `entry 'archive/data.pkl' claims ${PICKLE.bytes.length + 1} bytes at offset 0, but ${STORAGE_OFFSET} is taken`,
    ],
    [
      'a header offset inside another entry',
      [PICKLE, { ...STORAGE, headerOffset: 7 }],
      {},
      `entry 'archive/data.pkl' claims ${PICKLE.bytes.length} bytes at offset 0, but 7 is taken`,
    ],
    [
      'another local name',
      [PICKLE, { ...STORAGE, localName: 'archive/data/9' }],
      {},
      `has no local header for 'archive/data/0' at offset ${STORAGE_OFFSET}`,
    ],
    ['65,534 entries claimed', [PICKLE, STORAGE], { entryCount: 0xfffe }, 'claims 65534 entries and lists 2'],
    [
      'fewer entries claimed',
      [PICKLE, STORAGE],
      { entryCount: 1 },
      `has ${46 + STORAGE.name.length} bytes after its 1 entries`,
    ],
    [
      'a directory offset beyond the file',
      [PICKLE, STORAGE],
      { directoryOffset: 0xfffffffe },
      `claims a directory of ${DIRECTORY_BYTES} bytes at offset 4294967294, which does not end at ${DIRECTORY_OFFSET + DIRECTORY_BYTES}`,
    ],
    [
      'bytes after the directory',
      [PICKLE, STORAGE],
      { gap: new Uint8Array(3) },
      `claims a directory of ${DIRECTORY_BYTES} bytes at offset ${DIRECTORY_OFFSET}, which does not end at ${DIRECTORY_OFFSET + DIRECTORY_BYTES + 3}`,
    ],
    ['a part of a split archive', [PICKLE, STORAGE], { disk: 1 }, 'is one part of a split archive'],
  ])('%s is refused', async (_, files, end, message) => {
    await expect(read(files, end)).rejects.toThrow(new ModelError(`w.pth: the zip ${message}; ${AGAIN}`));
  });

  it.each<[string, (record: DataView) => void, string]>([
    [
      '2^32 entries',
      (record) => record.setBigUint64(32, 2n ** 32n, true),
      `claims 4294967296 entries in ${DIRECTORY_BYTES} bytes, more than any checkpoint has`,
    ],
    [
      `${MAX_ENTRIES} entries`,
      (record) => record.setBigUint64(32, BigInt(MAX_ENTRIES), true),
      `claims ${MAX_ENTRIES} entries and lists 2`,
    ],
    [
      'a directory of 2^63 bytes',
      (record) => record.setBigUint64(40, 2n ** 63n, true),
      `claims a directory of 9223372036854776000 bytes at offset ${DIRECTORY_OFFSET}, which does not end at ${DIRECTORY_OFFSET + DIRECTORY_BYTES}`,
    ],
    [
      'no signature',
      (record) => record.setUint32(0, 0, true),
      `has no zip64 end record at offset ${DIRECTORY_OFFSET + DIRECTORY_BYTES}`,
    ],
    ['a second disk', (record) => record.setUint32(16, 1, true), 'is one part of a split archive'],
  ])('a zip64 end record with %s is refused', async (_, lie, message) => {
    await expect(read([PICKLE, STORAGE], { gap: zip64End(lie) })).rejects.toThrow(
      new ModelError(`w.pth: the zip ${message}; ${AGAIN}`),
    );
  });

  it('a zip64 locator that points at itself is refused', async () => {
    const at = DIRECTORY_OFFSET + DIRECTORY_BYTES;
    await expect(read([PICKLE, STORAGE], { gap: zip64End(() => {}, at + 1) })).rejects.toThrow(
      new ModelError(`w.pth: the zip claims a zip64 end record at offset ${at + 1}; ${AGAIN}`),
    );
  });

  /** The record and its locator, right after the directory. */
  function zip64End(lie: (record: DataView) => void, position = DIRECTORY_OFFSET + DIRECTORY_BYTES): Uint8Array {
    const bytes = new Uint8Array(56 + 20);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x06064b50, true);
    view.setBigUint64(32, 2n, true);
    view.setBigUint64(40, BigInt(DIRECTORY_BYTES), true);
    view.setBigUint64(48, BigInt(DIRECTORY_OFFSET), true);
    lie(view);
    view.setUint32(56, 0x07064b50, true);
    view.setBigUint64(64, BigInt(position), true);
    return bytes;
  }
});

describe('the archive', () => {
  it.each<[string, ZipFile[], string]>([
    [
      'without a pickle',
      [text('word/document.xml', '<w/>')],
      'a zip with no data.pkl, so not a checkpoint; give a .pth file that torch.save wrote',
    ],
    [
      'with two pickles',
      [PICKLE, { ...PICKLE, name: 'other/data.pkl' }],
      'a zip with several data.pkl, so not a checkpoint; give a .pth file that torch.save wrote',
    ],
    [
      'with code',
      [PICKLE, STORAGE, text('archive/code/__torch__.py', 'class Net(Module):')],
      'a TorchScript archive, which holds code; load it with torch.jit.load and save its state_dict()',
    ],
    [
      'in big-endian order',
      [PICKLE, STORAGE, text('archive/byteorder', 'big')],
      'its numbers are big-endian; load it with PyTorch on a usual machine and save it again',
    ],
    [
      'in an unknown order',
      [PICKLE, STORAGE, text('archive/byteorder', 'middle')],
      "'archive/byteorder' does not say 'little' or 'big'; load it with PyTorch on a usual machine and save it again",
    ],
    [
      'with a changed pickle',
      [{ ...PICKLE, crc32: 1 }, STORAGE],
      "'archive/data.pkl' fails its CRC-32; the file is damaged, get it again",
    ],
  ])('%s is refused', async (_, files, message) => {
    await expect(read(files)).rejects.toThrow(new ModelError(`w.pth: ${message}`));
  });

  it('with a pickle larger than any is refused before it is read', async () => {
    const bytes = new Uint8Array(MAX_PICKLE_BYTES + 1);
    const source = strictSource(buildZip([{ ...PICKLE, bytes, crc32: 0 }]), 'w.pth');
    await expect(readStateDict(source)).rejects.toThrow(
      new ModelError("w.pth: 'archive/data.pkl' claims 67108865 bytes; more than 67108864 are not read"),
    );
    expect(source.bytesRead).toBeLessThan(100_000);
  });
});
