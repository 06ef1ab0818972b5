/** Names of a classifier's classes. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';
import type { Model } from '../model/model.js';

const IMAGENET_CLASS_COUNT = 1000;

/** One a line, in the order of the classes. Throws a UsageError where the file cannot be read. */
export function readClassNames(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split(/\r?\n/);
  } catch (cause) {
    throw new UsageError(`--classes ${describeFileError(path, cause)}`, { cause });
  }
}

/** ImageNet's, where the classifier has ImageNet's number of classes; else null. */
export async function imageNetNames({ classifier }: Model): Promise<readonly string[] | null> {
  if (classifier?.classes !== IMAGENET_CLASS_COUNT) return null;
  const { IMAGENET_CLASSES } = await import('../model/imagenet-classes.js');
  return IMAGENET_CLASSES;
}
