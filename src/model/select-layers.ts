/** Chooses layers by path or glob. */
import { UsageError } from '../errors.js';
import { nearestNames } from '../nearest-names.js';
import type { Layer } from './layer.js';

export interface LayerChoice {
  /** Paths, globs or tensor names; everything of the `types` where none are given. */
  readonly layers?: readonly string[] | undefined;
  /** ONNX operators; where none are given, the convolutions. */
  readonly types?: readonly string[] | undefined;
}

/**
 * The chosen layers in execution order. With `types` a pattern looks among these operators only; without, among the convolutions first, then among all. Throws a
 * UsageError for what is not there.
 */
export function chooseLayers(layers: readonly Layer[], { layers: patterns, types }: LayerChoice): Layer[] {
  const typed = selectTypes(layers, types);
  if (!patterns) return typed;
  return types
    ? selectLayers(typed, patterns, typed, ` among those of --type ${types}`)
    : selectLayers(layers, patterns, typed);
}

/**
 * The layers that any pattern matches, in execution order. `*` stands for any text within one part of the dotted path, `**` for any number of
 * parts. A pattern that matches a module selects every layer inside it, so `layer1` and `layer1.0` work too. A pattern may also be a tensor's own name in
 * the file. Where some of `preferred` match, no others do. Throws a UsageError with the nearest names where a pattern matches nothing.
 */
export function selectLayers(
  layers: readonly Layer[],
  patterns: readonly string[],
  preferred = layers,
  ofTypes = '',
): Layer[] {
  const selected = new Set<Layer>();
  for (const pattern of patterns) {
    const expression = globToRegExp(pattern);
    const isMatch = ({ path, tensors }: Layer) => expression.test(path) || tensors.conv === pattern;
    const best = preferred.filter(isMatch);
    const matches = best.length > 0 ? best : layers.filter(isMatch);
    if (matches.length === 0) {
      const names = [...preferred, ...layers].map(({ path }) => path);
      const near = nearestNames(pattern, [...new Set(names)]);
      throw new UsageError(
        `--layers ${pattern}: no such layer${ofTypes}; the nearest are ${near.join(', ')} (see \`featurescope layers\`)`,
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
