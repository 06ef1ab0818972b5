/** Chooses layers by path or glob. */
import { UsageError } from '../errors.js';
import { nearestNames } from '../nearest-names.js';
import type { Layer } from './layer.js';

/**
 * The layers that any pattern matches, in execution order. `*` stands for any text within one part of the dotted path, `**` for any number of
 * parts. A pattern may also be a tensor's own name in the file. A pattern that matches a module selects every layer inside it, so `layer1` and `layer1.0` work too. Throws a UsageError with the nearest
 * names where a pattern matches nothing.
 */
export function selectLayers(layers: readonly Layer[], patterns: readonly string[]): Layer[] {
  const selected = new Set<Layer>();
  for (const pattern of patterns) {
    const expression = globToRegExp(pattern);
    const matches = layers.filter(
      ({ path, tensors }) => expression.test(path) || Object.values(tensors).includes(pattern),
    );
    if (matches.length === 0) {
      const near = nearestNames(
        pattern,
        layers.map(({ path }) => path),
      );
      throw new UsageError(
        `--layers ${pattern}: no such layer; the nearest are ${near.join(', ')} (see \`featurescope layers\`)`,
      );
    }
    for (const layer of matches) selected.add(layer);
  }
  return layers.filter((layer) => selected.has(layer));
}

/** The layers of these operators; the convolutions where none are named. Throws a UsageError that lists what there is for one that is not there. */
export function selectTypes(layers: readonly Layer[], types: readonly string[] | undefined): Layer[] {
  if (!types) return layers.filter(({ op }) => CONVOLUTIONS.has(op));
  const present = new Set(layers.map(({ op }) => op));
  const absent = types.find((type) => !present.has(type));
  if (absent)
    throw new UsageError(
      `--type ${absent}: no such operator in this network; it has ${[...present].sort().join(', ')}`,
    );
  return layers.filter(({ op }) => types.includes(op));
}

const CONVOLUTIONS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'QLinearConv', 'ConvInteger', 'FusedConv']);

function globToRegExp(pattern: string): RegExp {
  const body = pattern
    .split('**')
    .map((part) => part.split('*').map(escapeRegExp).join('[^.]*'))
    .join('.*');
  return new RegExp(`^${body}(\\..*)?$`);
}

function escapeRegExp(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
