/** What a file is that was given as a network and is not ONNX, and how its network becomes ONNX. */
import type { ByteSource } from '../../bytes/source.js';
import { readRange } from '../read-ranges.js';
import { readStateDict } from '../read-state-dict.js';
import { readZipDirectory } from '../torch/zip.js';

interface OtherFormat {
  readonly matches: (firstBytes: Uint8Array) => boolean;
  readonly explain: (source: ByteSource) => Promise<string>;
}

const FIRST_BYTES = 512;
const LATIN1 = new TextDecoder('latin1');

const says = (text: string) => async () => text;

/** The first that matches explains. Formats that wrap ONNX or compete with it are known by their magic bytes. */
const FORMATS: readonly OtherFormat[] = [
  { matches: (bytes) => bytes.length === 0, explain: says('the file is empty; get it again') },
  {
    matches: (bytes) => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4,
    explain: explainZip,
  },
  { matches: (bytes) => bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5, explain: explainPickle },
  {
    matches: starts(0, 'version https://git-lfs'),
    explain: says('a Git LFS pointer, not the file it stands for; run git lfs pull'),
  },
  {
    matches: (bytes) => /^\s*<(?:!doctype|html|head|!--|\?xml)/i.test(LATIN1.decode(bytes)),
    explain: says('a web page, not a network; the download went to the wrong address'),
  },
  {
    matches: starts(4, 'ORTM'),
    explain: says("ONNX Runtime's own .ort format; give the .onnx file that it was made from"),
  },
  {
    matches: starts(4, 'TFL3'),
    explain: says('a TensorFlow Lite network; convert it with python -m tf2onnx.convert --tflite'),
  },
  {
    matches: starts(1, 'HDF\r\n'),
    explain: says('a Keras HDF5 file; convert it in Python with tf2onnx.convert.from_keras'),
  },
  {
    matches: (bytes) => bytes[8] === 0x7b,
    explain: says('a safetensors file, weights without a network; give it as --weights with a --model by name'),
  },
];

/** One sentence or a few lines, without the file's name; undefined where it is no format that is known here. Executes nothing. */
export async function explainNotOnnx(source: ByteSource): Promise<string | undefined> {
  const firstBytes = await readRange(source, 0, Math.min(FIRST_BYTES, source.byteLength));
  return FORMATS.find(({ matches }) => matches(firstBytes))?.explain(source);
}

function starts(at: number, text: string): OtherFormat['matches'] {
  return (bytes) => LATIN1.decode(bytes.subarray(at, at + text.length)) === text;
}

async function explainZip(source: ByteSource): Promise<string> {
  const entries = await readZipDirectory(source).catch(() => new Map<string, unknown>());
  const names = [...entries.keys()];
  if (names.some((name) => /^[^/]+\/(?:constants\.pkl$|code\/)/.test(name))) {
    return `a TorchScript archive, which holds code; nothing in it is run here. Export it to ONNX in Python:\n${recipe(
      `torch.jit.load(${JSON.stringify(source.name)}, map_location="cpu").eval()`,
      source.name,
      ', dynamo=False',
    )}`;
  }
  if (names.includes('model.weights.h5') && names.includes('config.json')) {
    return 'a .keras file; export it in Python with model.export("model.onnx", format="onnx")';
  }
  if (names.some((name) => /(?:^|\/)archive_format$/.test(name))) {
    return 'a program of torch.export; export it in Python with torch.onnx.export(torch.export.load(...), (), "model.onnx")';
  }
  return explainPickle(source);
}

/** A state dict, a whole module, or a pickle that nobody should load. */
async function explainPickle(source: ByteSource): Promise<string> {
  const problem = await readStateDict(source).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (problem === undefined) {
    return 'weights without a network (a state dict); give it as --weights with a --model by name, or export the network to ONNX';
  }
  const shown = problem.startsWith(`${source.name}: `) ? problem.slice(source.name.length + 2) : problem;
  return `not ONNX: ${shown}. If it is a whole module, which holds code and is not run here, export it to ONNX in Python:\n${recipe(
    `torch.load(${JSON.stringify(source.name)}, map_location="cpu", weights_only=False).eval()`,
    source.name,
    '',
  )}`;
}

function recipe(load: string, name: string, options: string): string {
  const target = JSON.stringify(`${baseName(name)}.onnx`);
  return [
    '  import torch',
    `  model = ${load}`,
    `  torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), ${target}${options})`,
  ].join('\n');
}

/** A file's name without folders and the last extension. */
export function baseName(name: string): string {
  return (name.split(/[\\/]/).at(-1) ?? '').replace(/(?<=.)\.[^.]*$/, '') || 'model';
}
