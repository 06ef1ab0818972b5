/** `featurescope layers MODEL`: the layers of a network and what they cost, as a table or JSON. */
import type { Layer } from '../model/layer.js';
import type { ImageSize, Model } from '../model/model.js';
import { type Outline, outlineArchitecture } from '../model/outline.js';
import type { ReceptiveField } from '../model/receptive-field.js';
import { selectTypes } from '../model/select-layers.js';
import { checkArchitecture, isFile, openModel } from '../node/open-model.js';
import { openRuntime } from '../node/open-runtime.js';
import { openCapture } from '../run/capture.js';
import { type MapShape, mapShape } from '../run/map-shape.js';
import { formatTable } from './table.js';
import type { Terminal } from './terminal.js';
import type { Size } from './values.js';

export interface LayersFlags {
  readonly imgSize?: Size | number;
  readonly type?: readonly string[];
  readonly json: boolean;
}

interface Row extends Omit<Layer, 'filters'>, MapShape {
  readonly receptiveField: { readonly y: ReceptiveField[0]; readonly x: ReceptiveField[1] } | null;
  /** Multiplications, each with its addition, for one image; null for an operator without weights. */
  readonly multiplyAdds: number | null;
}

const DEFAULT_SIDE = 600;

export async function layersCommand(name: string, flags: LayersFlags, { stdout }: Terminal): Promise<void> {
  const { outline, size, shapes } = isFile(name) ? await inspectFile(name, flags) : inspectArchitecture(name, flags);
  const rows = shapes.map(({ layer, shape }) =>
    describe(layer, shape, outline.receptiveFields.get(layer.tensors.conv)),
  );
  const filters = rows.reduce((sum, row) => sum + row.filters, 0);
  const multiplyAdds = rows.reduce((sum, row) => sum + (row.multiplyAdds ?? 0), 0);
  const totals = { layers: rows.length, filters, parameters: outline.parameterCount, multiplyAdds };
  if (flags.json) {
    stdout.write(`${JSON.stringify({ name: outline.name, input: size, totals, layers: rows }, null, 2)}\n`);
    return;
  }
  // In a file's graph an operator such as Reshape may hide what its cells see.
  const unseen = isFile(name) ? '?' : 'all';
  const [height, width] = size;
  const kind = flags.type ? 'layer' : 'convolution';
  stdout.write(
    `${outline.name}: ${count(rows.length)} ${kind}${rows.length === 1 ? '' : 's'}, ${count(filters)} filters; for an input of ${width}x${height}\n` +
      `${count(outline.parameterCount)} parameters${multiplyAdds > 0 ? `, ${count(multiplyAdds)} multiply-adds in these layers` : ''}\n\n${formatTable(
        [
          'layer',
          'kind',
          'filters',
          'map (w x h)',
          'kernel',
          'stride',
          'padding',
          'sees (pixels)',
          'every',
          'multiply-adds',
        ],
        rows.map((row) => cells(row, unseen)),
      )}`,
  );
}

function inspectArchitecture(name: string, { imgSize, type }: LayersFlags) {
  checkArchitecture(name);
  const outline = outlineArchitecture(name);
  const size = sizeOf(imgSize);
  const known = outline.shapes(size)!;
  const shapes = selectTypes(outline.layers, type).map((layer) => ({
    layer,
    shape: mapShape(layer, known.get(layer.tensors.conv)!),
  }));
  return { outline, size, shapes };
}

/** Only the runtime knows the shapes of any network; its session tells them, mostly without a run. */
async function inspectFile(
  name: string,
  { imgSize, type }: LayersFlags,
): Promise<{ outline: Outline; size: ImageSize; shapes: readonly { layer: Layer; shape: MapShape }[] }> {
  const model: Model = await openModel(name);
  const { height, width } = model.input;
  const size: ImageSize = height && width && !imgSize ? [height, width] : sizeOf(imgSize);
  const capture = await openCapture(model, await openRuntime(), size, { layers: selectTypes(model.layers, type) });
  await capture.close();
  return { outline: model, size, shapes: capture.shapes };
}

function sizeOf(imgSize: Size | number = DEFAULT_SIDE): ImageSize {
  return typeof imgSize === 'number' ? [imgSize, imgSize] : [imgSize.height, imgSize.width];
}

function describe(layer: Layer, shape: MapShape, field: ReceptiveField | undefined): Row {
  const cellCount = shape.slices * shape.height * shape.width;
  return {
    ...layer,
    ...shape,
    receptiveField: field ? { y: field[0], x: field[1] } : null,
    multiplyAdds: layer.weightCount === null ? null : layer.weightCount * cellCount,
  };
}

/** `unseen` stands where there is no receptive field. */
function cells(row: Row, unseen: string): string[] {
  const { path, op, filters, slices, height, width, kernel, stride, padding, receptiveField, multiplyAdds } = row;
  return [
    path,
    op,
    String(filters),
    `${width}x${height}${slices > 1 ? `x${slices}` : ''}`,
    kernel.join('x'),
    stride.join('x'),
    padding.join('x'),
    receptiveField ? `${receptiveField.x.size}x${receptiveField.y.size}` : unseen,
    receptiveField ? String(receptiveField.x.stride) : '',
    multiplyAdds === null ? '' : count(multiplyAdds),
  ];
}

function count(number: number): string {
  return number.toLocaleString('en');
}
