/** From what a pickle holds to the tensors of one state dict: inside which wrapper they are, and their names. */
import { ModelError } from '../../errors.js';
import { quote } from '../quote.js';
import { describeValue, type PickleDict, type PickleValue } from './pickle-value.js';
import { TorchTensor } from './torch-values.js';

/** Keys under which training scripts put the state dict, beside an epoch, an optimiser and the like. */
const WRAPPER_KEYS = ['state_dict', 'model_state_dict', 'model'] as const;
/** What DataParallel puts before every name. */
const PARALLEL_PREFIX = 'module.';
const LISTED_KEYS = 6;

/**
 * The tensors by name, in the file's order. Throws a ModelError where there is no state dict or more than one, or where
 * one holds anything but tensors. `where` names the file in errors.
 */
export function findTensors(root: PickleValue, where: string): Map<string, TorchTensor> {
  const { dict, path } = chooseDict(root, where);
  const tensors = new Map<string, TorchTensor>();
  for (const [key, value] of dict) {
    if (typeof key !== 'string' || !(value instanceof TorchTensor)) {
      const found = `${path}[${quote(String(key))}] is ${describeValue(value)}`;
      throw new ModelError(`${where}: ${found}; a state dict holds tensors by name, save model.state_dict()`);
    }
    tensors.set(key, value);
  }
  const names = [...tensors.keys()];
  if (!names.every((name) => name.startsWith(PARALLEL_PREFIX) && name.length > PARALLEL_PREFIX.length)) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(PARALLEL_PREFIX.length), tensor]));
}

function chooseDict(root: PickleValue, where: string): { dict: PickleDict; path: string } {
  if (!(root instanceof Map)) {
    throw new ModelError(`${where}: holds ${describeValue(root)}, not a state dict; save model.state_dict()`);
  }
  const wrapped = WRAPPER_KEYS.flatMap((key) => {
    const value = root.get(key);
    return value instanceof Map && hasTensors(value) ? [{ dict: value, path: key }] : [];
  });
  if (wrapped.length > 1) {
    const candidates = wrapped.map(({ path }) => quote(path)).join(' and ');
    throw new ModelError(`${where}: ${candidates} each hold a state dict; save the one to use in a file of its own`);
  }
  if (wrapped.length === 1) return wrapped[0]!;
  if (hasTensors(root)) return { dict: root, path: 'the state dict' };
  const keys = [...root.keys()].slice(0, LISTED_KEYS).map((key) => quote(String(key)));
  const more = root.size > LISTED_KEYS ? `, and ${root.size - LISTED_KEYS} more` : '';
  const found = root.size === 0 ? 'an empty dict' : `a dict with ${keys.join(', ')}${more}`;
  throw new ModelError(
    `${where}: holds ${found}, and no tensors by name there or under ${WRAPPER_KEYS.map(quote).join(', ')}; ` +
      'save model.state_dict()',
  );
}

function hasTensors(dict: PickleDict): boolean {
  return [...dict.values()].some((value) => value instanceof TorchTensor);
}
