/** `--config FILE`: the command's own options as JSON, checked by the options' own parsers. Flags win. */
import { readFileSync } from 'node:fs';
import { type Command, CommanderError, type Option } from 'commander';
import { UsageError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';
import { nearestNames } from '../nearest-names.js';
import { collect } from './values.js';

/** Keys are the long flags without dashes: `{"img-size": "600x600", "layers": ["conv1"], "legend": true, "images": false}`. */
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
    if (!option) {
      const near = nearestNames(key, [...options.keys()]);
      throw new UsageError(`${path}: unknown option "${key}"; the nearest are ${near.join(', ')}`);
    }
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') {
      command.setOptionValueWithSource(name, convert(path, key, option, value), 'config');
    }
  }
}

function keyOf({ long }: Option): string {
  return (long ?? '').replace(/^--(no-)?/, '');
}

function readJsonObject(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`--config ${describeFileError(path, cause)}`, { cause });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw new UsageError(`${path}: not valid JSON: ${(cause as Error).message}`, { cause });
  }
  throw new UsageError(`${path}: expected a JSON object of options such as {"model": "alexnet"}`);
}

function convert(path: string, key: string, option: Option, value: unknown): unknown {
  const complain = (expected: string) =>
    new UsageError(`${path}: option "${key}" is ${JSON.stringify(value)?.slice(0, 80)}, expected ${expected}`);
  if (option.isBoolean() || option.negate) {
    if (typeof value === 'boolean') return value;
    throw complain('true or false');
  }
  const items = Array.isArray(value) ? value : [value];
  if (items.length === 0 || !items.every((item) => typeof item === 'string' || typeof item === 'number')) {
    throw complain('text or a number');
  }
  try {
    if (!option.parseArg) return String(value);
    if (option.parseArg === collect) {
      return items.reduce<string[]>((before, item) => collect(String(item), before), []);
    }
    return option.parseArg(items.join(','), undefined as never);
  } catch (cause) {
    if (cause instanceof CommanderError) throw complain(lowerFirst(cause.message).replace(/^expected /, ''));
    throw cause;
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
