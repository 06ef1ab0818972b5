/** Text of an option to its value, or commander's InvalidArgumentError that says what was expected. */
import { InvalidArgumentError } from 'commander';
import type { FrameRate } from '../write/avi.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number above 0.');
  return Number(text);
}

/** `600x400`, or `600` for the longest side. */
export function parseSize(text: string): Size | number {
  const [, width, height] = /^([1-9]\d{0,5})x([1-9]\d{0,5})$/.exec(text) ?? [];
  if (width && height) return { width: Number(width), height: Number(height) };
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected WIDTHxHEIGHT such as 600x400, or the longest side such as 600.');
}

/** `-1,1`: two finite numbers, the lower first. */
export function parseInterval(text: string): readonly [number, number] {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [lo, hi] = parts;
  if (parts.length !== 2 || !Number.isFinite(lo) || !Number.isFinite(hi) || lo! >= hi!) {
    throw new InvalidArgumentError('Expected LO,HI such as -1,1 with LO below HI.');
  }
  return [lo!, hi!];
}

/** `0.5,0.5,0.5`: finite numbers. */
export function parseNumbers(text: string): readonly number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!numbers.every(Number.isFinite)) throw new InvalidArgumentError('Expected numbers such as 0.485,0.456,0.406.');
  return numbers;
}

/** `0..1` or `0..255`, to what a pixel of 255 becomes. */
export function parsePixelRange(text: string): 1 | 255 {
  if (text === '0..1') return 1;
  if (text === '0..255') return 255;
  throw new InvalidArgumentError('Expected 0..1 or 0..255.');
}

export function parsePercentiles(text: string): readonly [number, number] {
  const [lo, hi] = parseInterval(text);
  if (lo < 0 || hi > 100) throw new InvalidArgumentError('Expected LO,HI within 0 to 100 such as 1,99.');
  return [lo, hi];
}

/** `24`, `23.976` or `30000/1001`, kept exact. */
export function parseFrameRate(text: string): FrameRate {
  const [, whole, fraction = '', divisor = '1'] = /^(\d{1,6})(?:\.(\d{1,4}))?(?:\/(\d{1,6}))?$/.exec(text) ?? [];
  const scale = 10 ** fraction.length;
  const numerator = Number(`${whole}${fraction}`);
  const denominator = Number(divisor) * scale;
  if (whole === undefined || numerator === 0 || denominator === 0 || numerator / denominator > 1000) {
    throw new InvalidArgumentError('Expected frames per second up to 1000, such as 24, 23.976 or 30000/1001.');
  }
  const common = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Appends to a repeatable option; commas separate as well. */
export function collect(text: string, before: readonly string[] = []): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('Expected layer paths or globs such as conv1 or layer1.*.');
  return [...before, ...parts];
}
