/** `--config FILE`: the command's own options as JSON, checked by the options' own parsers. Flags win. */
import { type Command, CommanderError, type Option } from 'commander';
import { UsageError } from '../errors.js';
import { readTextFile } from '../files/read-text.js';
import { nearestNames } from '../nearest-names.js';
import { LIST_PARSERS } from './values.js';

/** All options together take a few kilobytes. */
const MAX_BYTES = 2 ** 20;

/** Keys are the long flags without dashes in front: `{"img-size": "600x600", "layers": ["conv1"], "legend": true, "images": false}`. */
export function applyConfigFile(command: Command, path: string): void {
  const options = new Map(
    command.options
      .filter(({ long }) => long !== '--config' && !long?.startsWith('--no-'))
      .map((option) => [keyOf(option), option]),
  );
  for (const option of command.options) {
    if (option.long?.startsWith('--no-') && !options.has(keyOf(option))) options.set(keyOf(option), option);
  }
  for (const [key, value] of Object.entries(readJsonObject(path))) {
    const option = options.get(key);
    if (!option)
      throw new UsageError(
        `${path}: unknown option ${JSON.stringify(key.slice(0, 80))}; ${hint(key, [...options.keys()])}`,
      );
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') {
      command.setOptionValueWithSource(name, convert(path, key, option, value), 'config');
    }
  }
}

function keyOf({ long }: Option): string {
  return (long ?? '').replace(/^--(no-)?/, '');
}

function hint(key: string, keys: readonly string[]): string {
  const positive = key.replace(/^(--)?no-/, '');
  if (positive !== key && keys.includes(positive)) return `write "${positive}": false`;
  return `the nearest are ${nearestNames(key, keys).join(', ')}`;
}

function readJsonObject(path: string): Record<string, unknown> {
  const text = readTextFile(path, { option: '--config', expected: EXPECTED, maxBytes: MAX_BYTES });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    // The message quotes the text, line breaks included.
    const found = (cause as Error).message.replaceAll(/\s+/g, ' ');
    throw new UsageError(`${path}: not valid JSON: ${found}`, { cause });
  }
  throw new UsageError(`${path}: expected ${EXPECTED}`);
}

const EXPECTED = 'a JSON object of options such as {"model": "alexnet"}';

function convert(path: string, key: string, option: Option, value: unknown): unknown {
  const complain = (expected: string) =>
    new UsageError(`${path}: option "${key}" is ${JSON.stringify(value)?.slice(0, 80)}, expected ${expected}`);
  if (option.isBoolean() || option.negate) {
    if (typeof value === 'boolean') return value;
    throw complain('true or false');
  }
  const takesList = LIST_PARSERS.has(option.parseArg);
  if (Array.isArray(value) && !takesList) throw complain('one value and no list');
  const items = Array.isArray(value) ? value : [value];
  if (items.length === 0 || !items.every((item) => typeof item === 'string' || typeof item === 'number')) {
    throw complain(takesList ? 'text, a number or a list of them that is not empty' : 'text or a number');
  }
  try {
    const text = items.join(',');
    return option.parseArg ? option.parseArg(text, undefined as never) : text;
  } catch (cause) {
    if (cause instanceof CommanderError) throw complain(lowerFirst(cause.message).replace(/^expected /, ''));
    throw cause;
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
