import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../errors.js';
import { describeFileError, isFileError } from './file-errors.js';

/** A small text that an option names: the option, what the text should be, and how large it may be. */
export interface TextFile {
  readonly option: string;
  readonly expected: string;
  readonly maxBytes: number;
}

/**
 * The text without the byte order mark that some editors put first. A pipe or device is not opened: it might never end, or never begin. Throws a
 * UsageError for what cannot be read, is too large or is no text in UTF-8.
 */
export function readTextFile(path: string, { option, expected, maxBytes }: TextFile): string {
  const refuse = (found: string) => new UsageError(`${option} ${path}: ${found}, expected ${expected}`);
  try {
    const facts = statSync(path);
    // A folder passes: reading it says what is wrong.
    if (!facts.isFile() && !facts.isDirectory()) throw refuse('is not a regular file');
    if (facts.size > maxBytes) throw refuse(`${facts.size} bytes, more than ${maxBytes}`);
    const text = decode(readFileSync(path));
    if (text === undefined) throw refuse('not a text in UTF-8');
    return text;
  } catch (cause) {
    if (!isFileError(cause)) throw cause;
    throw new UsageError(`${option} ${describeFileError(path, cause)}`, { cause });
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // Control characters other than line breaks and tabs.
    return /[^\P{Cc}\s]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
