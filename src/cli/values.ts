/** Text of an option to its value, or commander's InvalidArgumentError that says what was expected. */
import { InvalidArgumentError } from 'commander';
import type { FrameRate } from '../write/avi.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A path or name, which no file system takes empty or with a NUL. */
export function parseText(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path or name, not nothing.');
  if (text.includes('\0')) throw new InvalidArgumentError('Expected a path or name without NUL characters.');
  return text;
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number above 0.');
  return Number(text);
}

/** `600x400`, or `600` for the longest side. */
export function parseSize(text: string): Size | number {
  const [, first, second] = /^(\d{1,9})(?:x(\d{1,9}))?$/.exec(text) ?? [];
  if (first === undefined) {
    throw new InvalidArgumentError('Expected WIDTHxHEIGHT such as 600x400, or the longest side such as 600.');
  }
  const [width, height] = [Number(first), Number(second ?? first)];
  if (width === 0 || height === 0) throw new InvalidArgumentError('Expected at least 1 pixel a side.');
  return second === undefined ? width : { width, height };
}

/** `-1,1`: two finite numbers, the lower first. */
export function parseInterval(text: string): readonly [number, number] {
  const [lo = Number.NaN, hi = Number.NaN, ...more] = splitNumbers(text);
  if (more.length > 0 || !Number.isFinite(lo) || !Number.isFinite(hi) || lo >= hi) {
    throw new InvalidArgumentError('Expected LO,HI such as -1,1 with LO below HI.');
  }
  return [lo, hi];
}

export function parsePercentiles(text: string): readonly [number, number] {
  const [lo = Number.NaN, hi = Number.NaN, ...more] = splitNumbers(text);
  if (more.length > 0 || !(lo >= 0 && lo < hi && hi <= 100)) {
    throw new InvalidArgumentError('Expected LO,HI within 0 to 100 such as 1,99 with LO below HI.');
  }
  return [lo, hi];
}

/** `0.5,0.5,0.5`: finite numbers. */
export function parseNumbers(text: string): readonly number[] {
  const numbers = splitNumbers(text);
  if (!numbers.every(Number.isFinite)) throw new InvalidArgumentError('Expected numbers such as 0.485,0.456,0.406.');
  return numbers;
}

/** Numbers to divide by. */
export function parseDivisors(text: string): readonly number[] {
  const numbers = splitNumbers(text);
  if (!numbers.every((number) => Number.isFinite(number) && number > 0)) {
    throw new InvalidArgumentError('Expected numbers above 0 such as 0.229,0.224,0.225.');
  }
  return numbers;
}

function splitNumbers(text: string): number[] {
  return text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
}

/** `0..1` or `0..255`, to what a pixel of 255 becomes. */
export function parsePixelRange(text: string): 1 | 255 {
  if (text === '0..1') return 1;
  if (text === '0..255') return 255;
  throw new InvalidArgumentError('Expected 0..1 or 0..255.');
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

export const collectLayers = collector('Expected layer paths or globs such as conv1 or layer1.*.');
export const collectTypes = collector('Expected ONNX operators such as Relu,MaxPool,Add.');

/** Appends to a repeatable option; commas separate as well. */
function collector(expected: string) {
  return (text: string, before: readonly string[] = []): string[] => {
    const parts = text.split(',').map((part) => part.trim());
    if (parts.includes('')) throw new InvalidArgumentError(expected);
    return [...before, ...parts];
  };
}

/** The parsers of values that commas separate, which a config file may write as a list. */
export const LIST_PARSERS: ReadonlySet<unknown> = new Set([
  collectLayers,
  collectTypes,
  parseInterval,
  parsePercentiles,
  parseNumbers,
  parseDivisors,
]);
