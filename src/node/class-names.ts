/** Names of a classifier's classes. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../errors.js';
import { describeFileError, isFileError } from '../files/file-errors.js';
import type { Model } from '../model/model.js';

const IMAGENET_CLASS_COUNT = 1000;

/** Names of a hundred thousand classes take less; a larger file is something else. */
const MAX_FILE_BYTES = 16 * 2 ** 20;

/** One a line, in the order of the classes; empty lines do not count. Throws a UsageError for what is no readable text file. */
export function readClassNames(path: string): string[] {
  const lines = readText(path).split(/\r\n?|\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** Throws a UsageError where the names of the file are more or fewer than the network's classes, as far as these are known. */
export function checkClassCount(path: string, names: readonly string[], { name, classifier }: Model): void {
  if (!classifier || names.length === classifier.classes) return;
  const found = `${names.length} class name${names.length === 1 ? '' : 's'}`;
  const expected = `${classifier.classes} class${classifier.classes === 1 ? '' : 'es'}`;
  throw refusal(path, `${found}, but ${name} has ${expected}`);
}

/** ImageNet's, where the classifier has ImageNet's number of classes; else null. */
export async function imageNetNames({ classifier }: Model): Promise<readonly string[] | null> {
  if (classifier?.classes !== IMAGENET_CLASS_COUNT) return null;
  const { IMAGENET_CLASSES } = await import('../model/imagenet-classes.js');
  return IMAGENET_CLASSES;
}

function readText(path: string): string {
  try {
    const facts = statSync(path);
    // A folder passes: reading it says what is wrong.
    if (!facts.isFile() && !facts.isDirectory()) {
      throw refusal(path, 'is not a regular file but a pipe, socket or device; save the names to a file and give that');
    }
    if (facts.size > MAX_FILE_BYTES) {
      throw refusal(path, `${facts.size} bytes, expected class names, one a line, in at most ${MAX_FILE_BYTES}`);
    }
    const bytes = readFileSync(path);
    if (bytes.includes(0) || !isUtf8(bytes)) {
      throw refusal(path, 'holds bytes that no UTF-8 text has; expected class names, one a line, saved as UTF-8');
    }
    // Without the mark that some editors put first.
    return new TextDecoder().decode(bytes);
  } catch (cause) {
    if (!isFileError(cause)) throw cause;
    throw new UsageError(`--classes ${describeFileError(path, cause)}`, { cause });
  }
}

function refusal(path: string, problem: string): UsageError {
  return new UsageError(`--classes ${path}: ${problem}`);
}
