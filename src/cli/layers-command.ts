/** `featurescope layers MODEL`: the convolutions of a network, as a table or JSON. */
import { ARCHITECTURES } from '../model/architectures/architectures.js';
import { type Layer, layersOf } from '../model/layers.js';
import { type ReceptiveField, receptiveFields } from '../model/receptive-field.js';
import { inferShapes } from '../model/shapes.js';
import { checkArchitecture } from '../node/open-model.js';
import { formatTable } from './table.js';
import type { Terminal } from './terminal.js';
import type { Size } from './values.js';

export function layersCommand(
  name: string,
  { imgSize, json }: { imgSize: Size | number; json: boolean },
  terminal: Terminal,
) {
  checkArchitecture(name);
  const graph = ARCHITECTURES[name].build(1000);
  const { width, height } = typeof imgSize === 'number' ? { width: imgSize, height: imgSize } : imgSize;
  const shapes = inferShapes(graph, [height, width]);
  const fields = receptiveFields(graph);
  const rows = layersOf(graph).map((layer) =>
    describe(layer, shapes.get(layer.tensors.conv)!, fields.get(layer.tensors.conv)),
  );
  if (json) {
    terminal.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const filters = rows.reduce((sum, row) => sum + row.filters, 0);
  terminal.stdout.write(
    `${name}: ${rows.length} convolutions, ${filters.toLocaleString('en')} filters; shapes for an input of ${width}x${height}\n\n${formatTable(
      ['layer', 'kind', 'filters', 'map (w x h)', 'kernel', 'stride', 'padding', 'sees (pixels)', 'every (pixels)'],
      rows.map((row) => [
        row.path,
        row.kind,
        String(row.filters),
        row.shape.slice(1).toReversed().join('x'),
        row.kernel.join('x'),
        row.stride.join('x'),
        row.padding.join('x'),
        row.receptiveField ? `${row.receptiveField.x.size}x${row.receptiveField.y.size}` : 'all',
        row.receptiveField ? String(row.receptiveField.x.stride) : '',
      ]),
    )}`,
  );
}

function describe(layer: Layer, shape: readonly number[], field: ReceptiveField | undefined) {
  const { path, filters, kernel, stride, padding, dilation, groups, tensors } = layer;
  const receptiveField = field ? { y: field[0], x: field[1] } : null;
  return {
    path,
    kind: 'Conv',
    filters,
    shape: shape.slice(1),
    kernel,
    stride,
    padding,
    dilation,
    groups,
    receptiveField,
    tensors,
  };
}
