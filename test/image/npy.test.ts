import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { isNpy, readNpy } from '../../src/image/npy.js';

/** A .npy file with this header text and data; numpy pads headers so that the data begin at a multiple of 64. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const length = version === 1 ? [text.length & 0xff, text.length >> 8] : [text.length & 0xff, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...data]);
}

function header(type: string, shape: string, order = 'False'): string {
  return `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
}

const FLOATS = Float32Array.of(0.5, -1, 2, 3.25, 1e-9, 7);

it('reads float32 and uint8, with and without the batch axis', () => {
  const bytes = new Uint8Array(FLOATS.buffer);
  for (const [shape, version] of [
    ['2, 1, 3', 1],
    ['1, 2, 1, 3', 2],
  ] as const) {
    const file = npy(header('<f4', shape), bytes, version);
    expect(isNpy(file)).toBe(true);
    expect(readNpy(file, 'a.npy')).toEqual({ shape: [1, 2, 1, 3], data: FLOATS });
  }
  const pixels = npy(header('|u1', '1, 2, 2'), Uint8Array.of(0, 127, 128, 255));
  expect(readNpy(pixels, 'a.npy')).toEqual({ shape: [1, 1, 2, 2], data: Float32Array.of(0, 127, 128, 255) });
  // A Node Buffer shares its memory with others.
  expect(readNpy(Buffer.from(npy(header('<f4', '2, 1, 3'), bytes)), 'a.npy').data).toEqual(FLOATS);
});

describe('refuses', () => {
  const expected = 'expected a C-ordered float32 or uint8 array [channels, height, width]';
  const data = new Uint8Array(24);
  it.each([
    ['another type', npy(header('<f8', '1, 1, 3'), data), 'an array <f8'],
    ['objects', npy(header('|O', '1, 1, 3'), data), 'an array |O'],
    ['another order', npy(header('<f4', '2, 1, 3', 'True'), data), 'an array <f4, Fortran-ordered'],
    ['a batch', npy(header('<f4', '2, 1, 1, 3'), data), 'an array of shape [2, 1, 1, 3]'],
    ['a matrix', npy(header('<f4', '2, 3'), data), 'an array of shape [2, 3]'],
    ['an axis without cells', npy(header('<f4', '2, 0, 3'), new Uint8Array()), 'an array of shape [2, 0, 3]'],
    ['data that end early', npy(header('<f4', '2, 1, 3'), data.subarray(1)), '23 bytes of data for shape [2, 1, 3]'],
    [
      'an enormous shape',
      npy(header('<f4', '99999999, 99999999, 99999999'), data),
      '24 bytes of data for shape [99999999, 99999999, 99999999]',
    ],
    ['a header beyond the file', npy(header('<f4', '2, 1, 3'), data).subarray(0, 40), 'a header of 63 bytes'],
    ['a file that ends at once', npy('', data).subarray(0, 9), 'the file ends within its header'],
  ])('%s', (_name, file, found) => {
    expect(() => readNpy(file, 'a.npy')).toThrow(new InputError(`a.npy: ${found}; ${expected}`));
  });
});
