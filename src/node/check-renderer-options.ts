/**
 * The options that a program hands over, checked before any work as the command line checks its flags: JavaScript lets any value through, and a thread or the
 * runtime would complain of it far from here.
 */
import { inspect } from 'node:util';
import { UsageError } from '../errors.js';
import { readColormap } from '../map/colormap.js';
import { MAX_FRAME_SIDE } from '../map/frame-size.js';
import { fixedRange } from '../map/range.js';
import { TAPS } from '../model/layer.js';
import { nearestNames } from '../nearest-names.js';
import type { Scale } from '../run/scale.js';
import { checkVideoFile } from './check-video-file.js';
import type { RendererOptions } from './renderer-options.js';

/** All but the layers. Throws a UsageError that names the option, what was found and what was expected. */
export function checkRendererOptions(options: Omit<RendererOptions, 'layers'>): void {
  const { frameSize, style, classNames, images, video, out, command } = options;
  checkSize(options.size);
  checkOneOf('tap', options.tap, TAPS);
  checkScale(options.scale);
  if (typeof frameSize === 'object') {
    checkKeys('frameSize', frameSize, ['width', 'height']);
    checkWhole('frameSize.width', frameSize.width, MAX_FRAME_SIDE);
    checkWhole('frameSize.height', frameSize.height, MAX_FRAME_SIDE);
  } else checkWhole('frameSize', frameSize, MAX_FRAME_SIDE);
  checkKeys('style', style, ['colormap', 'smooth', 'legend']);
  checkText('style.colormap', style.colormap);
  readColormap(style.colormap);
  checkFlags({ 'style.smooth': style.smooth, 'style.legend': style.legend, classify: options.classify, images });
  if (classNames !== null) checkTexts('classNames', classNames);
  checkTexts('command', command);
  checkText('out', out);
  if (video) {
    checkKeys('video', video, ['file', 'frameRate']);
    if (typeof video.file !== 'string') refuse('video.file', video.file, 'text');
    checkVideoFile(video.file, 'video.file');
    checkKeys('video.frameRate', video.frameRate, ['numerator', 'denominator']);
    checkWhole('video.frameRate.numerator', video.frameRate.numerator, 2 ** 32 - 1);
    checkWhole('video.frameRate.denominator', video.frameRate.denominator, 2 ** 32 - 1);
  } else if (video !== null) refuse('video', video, 'null or { file, frameRate }');
  else if (!images) throw new UsageError('images: false without a video leaves nothing to make; add a video');
}

/** An object with no keys but these. */
export function checkKeys(where: string, value: object, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(where, value, `an object of ${known.join(', ')}`);
  }
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new UsageError(
    `${where}: no option ${show(unknown)}; the nearest are ${nearestNames(unknown, known).join(', ')}`,
  );
}

export function checkOneOf(where: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) refuse(where, value, `one of ${allowed.join(', ')}`);
}

export function checkTexts(where: string, value: unknown): void {
  const isGood = Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (!isGood) refuse(where, value, 'an array of texts');
}

/** How an image is resized; its numbers are checked where it is. */
export function checkSize(size: RendererOptions['size']): void {
  if (size === null) return;
  checkKeys('size', size, ['kind', 'pixels', 'width', 'height', 'resize']);
  checkOneOf('size.kind', size.kind, ['longest', 'exact', 'crop']);
}

function checkScale(scale: Scale): void {
  checkKeys('scale', scale, ['by', 'range', 'percentile', 'symmetric']);
  const { by, range, percentile, symmetric } = scale;
  checkOneOf('scale.by', by, ['filter', 'layer', 'model', 'fixed']);
  checkFlags({ 'scale.symmetric': symmetric });
  if (by !== 'fixed') {
    if (range !== null) refuse('scale.range', range, `null with a scale by ${by}`);
    if (percentile !== null) checkPercentile(percentile);
    return;
  }
  if (range === null || percentile !== null || symmetric) {
    refuse('scale', scale, 'by fixed to have a range, percentile null and symmetric false');
  }
  checkKeys('scale.range', range!, ['lo', 'hi']);
  fixedRange(range!.lo, range!.hi);
}

function checkPercentile(percentile: readonly [number, number]): void {
  const isPair = Array.isArray(percentile) && percentile.length === 2;
  if (!isPair || !(percentile[0] >= 0 && percentile[0] < percentile[1] && percentile[1] <= 100)) {
    refuse('scale.percentile', percentile, '[lo, hi] with 0 <= lo < hi <= 100');
  }
}

function checkWhole(where: string, value: unknown, most: number): void {
  const isGood = Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
  if (!isGood) refuse(where, value, `a whole number from 1 to ${most}`);
}

function checkFlags(values: Readonly<Record<string, unknown>>): void {
  for (const [where, value] of Object.entries(values)) {
    if (typeof value !== 'boolean') refuse(where, value, 'true or false');
  }
}

function checkText(where: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') refuse(where, value, 'text that is not empty');
}

function refuse(where: string, found: unknown, expected: string): never {
  throw new UsageError(`${where} is ${show(found)}, expected ${expected}`);
}

function show(value: unknown): string {
  return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, compact: true }).slice(0, 80);
}
