import { expect, it } from 'vitest';
import { toHalf } from '../../src/tensor/half.js';

/** float32 values and the binary16 bits that numpy.float16 gives them: exact ones, ties, subnormals, overflow. */
const NUMPY: [value: number, bits: number][] = [
  [0.0, 0x0000],
  [-0, 0x8000],
  [1.0, 0x3c00],
  [-2.5, 0xc100],
  [65504.0, 0x7bff],
  [65519.8984375, 0x7bff],
  [65520.0, 0x7c00],
  [1000000000.0, 0x7c00],
  [-1000000000.0, 0xfc00],
  [Number.POSITIVE_INFINITY, 0x7c00],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [6.103515625e-5, 0x0400],
  [6.0999998822808266e-5, 0x03ff],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [2.980232594040899e-8, 0x0001],
  [8.940696716308594e-8, 0x0002],
  [9.999999717180685e-10, 0x0000],
  [0.10000000149011612, 0x2e66],
  [-0.3333333134651184, 0xb555],
  [1.00048828125, 0x3c00],
  [1.000732421875, 0x3c01],
  [1.00146484375, 0x3c02],
  [2049.0, 0x6800],
  [2051.0, 0x6802],
  [3.1415927410125732, 0x4248],
];

it('rounds as numpy does', () => {
  const bits = toHalf(Float32Array.from(NUMPY, ([value]) => value));
  expect([...bits]).toEqual(NUMPY.map(([, expected]) => expected));
});

it('keeps NaN a NaN', () => {
  const [bits = 0] = toHalf(Float32Array.of(Number.NaN));
  expect(bits & 0x7c00).toBe(0x7c00);
  expect(bits & 0x3ff).not.toBe(0);
});
