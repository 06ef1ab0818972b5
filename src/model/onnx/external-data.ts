/** Weights beside the model (ONNX "External Data"): where they may lie, and whether the files hold them. */
import type { ByteSource } from '../../bytes/source.js';
import { ModelError } from '../../errors.js';
import { quote } from '../quote.js';
import type { OnnxFile, OnnxTensor } from './onnx-file.js';

/** The older exporters write one file a weight. */
const MAX_FILES = 10_000;

/** Bits an element by TensorProto.DataType: float, uint8, ... as onnx.proto numbers them. Text cannot be external. */
const BITS: Readonly<Record<number, number>> = {
  1: 32,
  2: 8,
  3: 8,
  4: 16,
  5: 16,
  6: 32,
  7: 64,
  9: 8,
  10: 16,
  11: 64,
  12: 32,
  13: 64,
  14: 64,
  15: 128,
  16: 16,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  21: 4,
  22: 4,
  23: 4,
  24: 8,
  25: 2,
  26: 2,
};

/**
 * The files that hold weights, by location. `openSibling` opens a path relative to the model's folder. Throws a ModelError for a
 * location outside that folder, a file that cannot be opened, and bytes that are not in it.
 */
export async function openExternalData(
  { name, external }: OnnxFile,
  openSibling: (location: string) => Promise<ByteSource>,
): Promise<Map<string, ByteSource>> {
  const locations = new Set(external.map((tensor) => tensor.external!.location));
  for (const location of locations) checkLocation(name, location);
  if (locations.size > MAX_FILES)
    throw new ModelError(`${name}: weights in ${locations.size} files; at most ${MAX_FILES} are opened`);
  const files = new Map<string, ByteSource>();
  for (const location of locations) {
    const source = await openSibling(location).catch((cause) => {
      if (cause instanceof ModelError) throw cause;
      throw new ModelError(
        `${name}: its weights are in ${quote(location)} beside it, which cannot be opened; put that file there`,
        {
          cause,
        },
      );
    });
    files.set(location, source);
  }
  for (const tensor of external) checkExtent(name, tensor, files.get(tensor.external!.location)!);
  return files;
}

/**
 * A location is a relative path inside the model's folder, with either slash. An asterisk is refused as well: `_ORT_MEM_ADDR_` between two of
 * them is how ONNX Runtime writes an address in memory.
 */
function checkLocation(name: string, location: string): void {
  const parts = location.split(/[\\/]/);
  const isInside = parts.every((part) => part !== '' && part !== '..') && !/[*:\0]/.test(location);
  if (!isInside) {
    throw new ModelError(
      `${name}: weights at ${quote(location)}, which is not inside the model's folder; save the model with its data beside it`,
    );
  }
}

function checkExtent(name: string, tensor: OnnxTensor, source: ByteSource): void {
  const { location, offset, length } = tensor.external!;
  const byteLength = denseByteLength(tensor);
  const start = decimal(offset);
  const claimed = length === null ? byteLength : decimal(length);
  if (byteLength === undefined || start === undefined || claimed !== byteLength) {
    throw new ModelError(
      `${name}: the weight ${quote(tensor.name)} of ${tensor.dims.join('x')} cannot be ${quote(length ?? '')} bytes at ${quote(offset)} of ${quote(location)}; export it again`,
    );
  }
  if (start + byteLength > source.byteLength) {
    throw new ModelError(
      `${name}: the weight ${quote(tensor.name)} claims ${byteLength} bytes at offset ${start}, but ${quote(location)} has ${source.byteLength}; it is truncated, get it again`,
    );
  }
}

function denseByteLength({ elementType, dims }: OnnxTensor): number | undefined {
  const bits = BITS[elementType];
  if (bits === undefined) return undefined;
  if (dims.includes(0)) return 0;
  let elements = 1;
  for (const size of dims) {
    elements *= size;
    if (!Number.isSafeInteger(elements * bits)) return undefined;
  }
  return Math.ceil((elements * bits) / 8);
}

function decimal(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
