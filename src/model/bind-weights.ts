/** Matches a checkpoint with an architecture: every name and every shape, or a refusal that lists the differences. */
import { ModelError } from '../errors.js';
import { type Graph, nodesFor, parametersOf } from './graph.js';
import { layersOf } from './layers.js';
import type { StateDict } from './state-dict.js';

/** What the embedded weights lack or have beyond the architecture, declared and not guessed. */
export interface Exceptions {
  readonly unexpected: readonly string[];
  /** The parameters that must be there, where the checkpoint is known to hold a selection. */
  readonly required?: readonly string[] | undefined;
}

const FLOATS: ReadonlySet<string> = new Set(['float32', 'float16', 'bfloat16', 'float64']);
/** Batch norm's training counter, which plays no part in inference, stands beside its running mean. */
const COUNTER = '.num_batches_tracked';
const MEAN = '.running_mean';
const LISTED = 6;

/**
 * The differences between a checkpoint and the network, one phrase a kind; empty where they match. The classifier after the last
 * convolution may be absent as a whole, since no feature map depends on it; so may the modules that nothing depends on.
 */
export function differences(graph: Graph, dict: StateDict, { unexpected: allowed, required }: Exceptions): string[] {
  const missing: string[] = [];
  const misshapen: string[] = [];
  const absent = new Set(
    optionalGroups(graph)
      .filter((names) => !names.some((name) => dict.entries.has(name)))
      .flat(),
  );
  for (const [name, shape] of graph.parameters) {
    const entry = dict.entries.get(name);
    if (!entry) {
      if (required ? required.includes(name) : !absent.has(name)) missing.push(name);
    } else if (entry.shape.join() !== shape.join()) {
      misshapen.push(`${name} is [${entry.shape.join(', ')}], expected [${shape.join(', ')}]`);
    } else if (!FLOATS.has(entry.dtype)) {
      misshapen.push(`${name} is ${entry.dtype}, expected floating point`);
    }
  }
  const counters = [...graph.parameters.keys()]
    .filter((name) => name.endsWith(MEAN))
    .map((name) => name.slice(0, -MEAN.length) + COUNTER);
  const known = new Set([...graph.parameters.keys(), ...counters, ...allowed]);
  const unexpected = [...dict.entries.keys()].filter((name) => !known.has(name));
  return [phrase('missing', missing), phrase('unexpected', unexpected), phrase('misshapen', misshapen)].filter(Boolean);
}

/** Throws a ModelError that lists what differs, and names the architecture that would fit. */
export function checkWeights(
  graph: Graph,
  dict: StateDict,
  exceptions: Exceptions,
  name: string,
  fits: () => string[],
) {
  const found = differences(graph, dict, exceptions);
  if (found.length === 0) return;
  const others = fits();
  const advice = others.length > 0 ? `these are weights of ${others.join(', ')}` : 'give weights of this architecture';
  throw new ModelError(
    `${dict.source.name}: not the weights of ${name}: ${found.join('; ')}. ${advice} (--model, --weights)`,
  );
}

/** Parameters that no convolution's tap depends on: the classifier's, and those that the result does not depend on either. */
function optionalGroups(graph: Graph): string[][] {
  const taps = layersOf(graph).flatMap(({ tensors }) => Object.values(tensors));
  const forTaps = new Set(parametersOf(graph, nodesFor(graph, taps)));
  const forResult = new Set(parametersOf(graph, nodesFor(graph, [graph.output])));
  const rest = [...graph.parameters.keys()].filter((name) => !forTaps.has(name));
  return [rest.filter((name) => forResult.has(name)), rest.filter((name) => !forResult.has(name))];
}

function phrase(kind: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : '';
  return `${kind} ${names.slice(0, LISTED).join(', ')}${more}`;
}
