/** Every network by name against torchvision: names, shapes and arguments of all its modules. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { ARCHITECTURES, type ArchitectureName } from '../../../src/model/architectures/architectures.js';
import type { Graph } from '../../../src/model/graph.js';
import { layersOf } from '../../../src/model/layers.js';
import { inferShapes } from '../../../src/model/shapes.js';
import { elementCount } from '../../../src/tensor/tensor.js';
import { INDEX } from './reference.js';

const NAMES = Object.keys(ARCHITECTURES) as ArchitectureName[];

function sha256(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** As describe_modules of scripts/fixtures/architectures.py. */
function moduleLines(graph: Graph): string[] {
  const convolutions = layersOf(graph).map(({ path, stride, padding, dilation, groups }) =>
    [path, ...stride, ...padding, ...dilation, groups].join(' '),
  );
  const normalisations = graph.nodes.flatMap(({ name, attributes: { epsilon } }) =>
    epsilon?.type === 'float' ? [`${name} ${Math.round(epsilon.value * 1e6)}`] : [],
  );
  return [...convolutions, ...normalisations.sort()];
}

it("has all of torchvision's convolutional classifiers and no other", () => {
  expect([...NAMES].sort()).toEqual(Object.keys(INDEX.architectures).sort());
});

describe.each(NAMES)('%s', (name) => {
  const { build, classesFrom } = ARCHITECTURES[name];
  const graph = build(1000);
  const { parameters, count, modules, convolutions, smallest } = INDEX.architectures[name]!;

  it("has torchvision's parameters, by name and shape", () => {
    expect([...graph.parameters.values()].reduce((sum, shape) => sum + elementCount(shape), 0)).toBe(count);
    expect(sha256([...graph.parameters].map(([key, shape]) => `${key} ${shape}`).sort())).toBe(parameters);
  });

  it("has torchvision's modules, by path and arguments, in order", () => {
    expect(layersOf(graph)).toHaveLength(convolutions);
    expect(sha256(moduleLines(graph))).toBe(modules);
  });

  it(`takes images of ${smallest}x${smallest} and up, as torchvision's does`, () => {
    const [, , height, width] = inferShapes(graph, [smallest, smallest]).get(layersOf(graph).at(-1)!.tensors.conv)!;
    expect([height, width].every((cells) => cells! >= 1)).toBe(true);
    if (smallest > 1) expect(() => inferShapes(graph, [smallest - 1, smallest])).toThrow(InputError);
  });

  it('takes its number of classes from a parameter', () => {
    expect(build(7).parameters.get(classesFrom)?.[0]).toBe(7);
  });
});
