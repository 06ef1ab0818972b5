/** Names of a classifier's classes. */
import { UsageError } from '../errors.js';
import { readTextFile } from '../files/read-text.js';
import type { Model } from '../model/model.js';

const OPTION = '--classes';
const IMAGENET_CLASS_COUNT = 1000;

/** Names of a hundred thousand classes take less; a larger file is something else. */
const MAX_FILE_BYTES = 16 * 2 ** 20;

/** One a line, in the order of the classes; empty lines do not count. Throws a UsageError for what is no readable text file. */
export function readClassNames(path: string): string[] {
  const text = readTextFile(path, { option: OPTION, expected: 'class names, one a line', maxBytes: MAX_FILE_BYTES });
  const lines = text.split(/\r\n?|\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** Throws a UsageError where the names of the file are more or fewer than the network's classes, as far as these are known. */
export function checkClassCount(path: string, names: readonly string[], { name, classifier }: Model): void {
  if (!classifier || names.length === classifier.classes) return;
  const found = `${names.length} class name${names.length === 1 ? '' : 's'}`;
  const expected = `${classifier.classes} class${classifier.classes === 1 ? '' : 'es'}`;
  throw new UsageError(`${OPTION} ${path}: ${found}, but ${name} has ${expected}`);
}

/** ImageNet's, where the classifier has ImageNet's number of classes; else null. */
export async function imageNetNames({ classifier }: Model): Promise<readonly string[] | null> {
  if (classifier?.classes !== IMAGENET_CLASS_COUNT) return null;
  const { IMAGENET_CLASSES } = await import('../model/imagenet-classes.js');
  return IMAGENET_CLASSES;
}
