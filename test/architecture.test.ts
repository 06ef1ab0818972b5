import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as browserApi from '../src/index.js';
import * as nodeApi from '../src/node.js';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** A room imports from rooms to its left, and never from one beside it. */
const ORDER = [
  ['errors.ts', 'nearest-names.ts'],
  ['bytes', 'tensor'],
  ['image', 'model', 'map'],
  ['run'],
  ['write'],
  ['render.ts'],
  ['index.ts'],
  ['files'],
  ['weights'],
  ['node'],
  ['node.ts'],
  ['cli'],
];

/** Where a package may be imported; what stands nowhere here may not be imported at all. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  'node:': /^(files\/|weights\/|node\/|node\.ts|cli\/|run\/ort-node\.ts)/,
  'onnxruntime-node': /^run\/ort-node\.ts$/,
  'onnxruntime-web': /^(run\/ort-(web|session)|node\/wasm-runtime)\.ts$/,
  sharp: /^node\//,
  commander: /^cli\//,
  zod: /^cli\//,
};

interface Import {
  readonly from: string;
  /** A path within src, or a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const FILES = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(SRC, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .sort();

const SOURCES = new Map(FILES.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));
const IMPORTS = FILES.flatMap(importsOf);
const INTERNAL = IMPORTS.filter(({ to }) => SOURCES.has(to));

function importsOf(from: string): Import[] {
  const source = SOURCES.get(from)!;
  const statements = source.matchAll(
    /^(?:import|export)\s(type\s)?[^;'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm,
  );
  const dynamic = source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g);
  return [
    ...[...statements].map(([, type, to, bare]) => ({ to: to ?? bare!, typeOnly: type !== undefined })),
    ...[...dynamic].map(([, to]) => ({ to: to!, typeOnly: false })),
  ].map(({ to, typeOnly }) => ({ from, to: resolve(from, to), typeOnly }));
}

/** A file without its comments. */
function code(file: string): string {
  return SOURCES.get(file)!.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

function resolve(from: string, to: string): string {
  return to.startsWith('.') ? posix.join(posix.dirname(from), to).replace(/(\.js)?$/, '.ts') : to;
}

function room(file: string): string {
  return file.split('/')[0]!;
}

function rank(file: string): number {
  return ORDER.findIndex((rooms) => rooms.includes(room(file)));
}

function lines(imports: readonly Import[]): string[] {
  return imports.map(({ from, to }) => `${from} imports ${to}`);
}

describe('imports', () => {
  it('are found, all of them', () => {
    for (const file of FILES) {
      const paths = code(file).match(/\b(from|import)\s+['"]|\bimport\(/g) ?? [];
      expect([file, importsOf(file).length]).toEqual([file, paths.length]);
    }
  });

  it('lead to a file of src or a known package, with its extension', () => {
    const unknown = IMPORTS.filter(
      ({ to }) => !SOURCES.has(to) && !Object.keys(PACKAGES).some((name) => isPackage(to, name)),
    );
    expect(lines(unknown)).toEqual([]);
  });

  it('point one way through the rooms', () => {
    expect(FILES.filter((file) => rank(file) < 0)).toEqual([]);
    const wrong = INTERNAL.filter(({ from, to }) => room(from) !== room(to) && rank(to) >= rank(from));
    expect(lines(wrong)).toEqual([]);
  });

  it('of an index file are only its own extension', () => {
    expect(lines(INTERNAL.filter(({ to }) => to === 'index.ts' || to === 'node.ts'))).toEqual([
      'node.ts imports index.ts',
    ]);
  });

  it('of write from what it describes are types', () => {
    const values = INTERNAL.filter(
      ({ from, to, typeOnly }) => room(from) === 'write' && ['image', 'model', 'run'].includes(room(to)) && !typeOnly,
    );
    expect(lines(values)).toEqual([]);
  });

  it('of packages are where the platform is known', () => {
    const misplaced = IMPORTS.filter(({ from, to }) =>
      Object.entries(PACKAGES).some(([name, where]) => isPackage(to, name) && !where.test(from)),
    );
    expect(lines(misplaced)).toEqual([]);
  });

  it('have no cycle', () => {
    expect(findCycle()).toBeUndefined();
  });
});

function isPackage(to: string, name: string): boolean {
  return name.endsWith(':') ? to.startsWith(name) : to === name || to.startsWith(`${name}/`);
}

/** The first path of files that leads back to itself, types included. */
function findCycle(): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const { to } of INTERNAL.filter(({ from }) => from === file)) {
      const cycle = visit(to, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of FILES) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

it('keeps the browser entry free of Node', () => {
  const reached = new Set(['index.ts']);
  for (const file of reached) for (const { from, to } of INTERNAL) if (from === file) reached.add(to);
  expect(reached.has('run/capture.ts')).toBe(true);
  expect([...reached].filter((file) => /^(files|weights|node|cli)\//.test(file))).toEqual([]);
  expect(
    [...reached].filter((file) => /'node:|\bBuffer\b|\bprocess\b|\b__dirname\b|\brequire\(/.test(code(file))),
  ).toEqual([]);
});

it('has a name for everything: no drawer of odds and ends, no file beyond 350 lines', () => {
  expect(FILES.filter((file) => /\b(utils?|helpers?|misc|common)\b/.test(file))).toEqual([]);
  // Tables are data.
  const written = FILES.filter((file) => !/tables\.ts$|glyphs\.ts$/.test(file));
  expect(written.filter((file) => SOURCES.get(file)!.split('\n').length > 351)).toEqual([]);
});

/** Names that an index file exports, by the words of its export statements; with `export *` the other file's too. */
function exportsOf(file: 'index.ts' | 'node.ts') {
  const values = new Set<string>();
  const types = new Set<string>();
  for (const [, allTypes, names] of SOURCES.get(file)!.matchAll(/^export\s(type\s)?\{([^}]*)\}/gm)) {
    for (const entry of names!
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)) {
      const name = entry.split(/\s/).at(-1)!;
      if (allTypes || entry.startsWith('type ')) types.add(name);
      else values.add(name);
    }
  }
  return { values: [...values].sort(), types: [...types].sort() };
}

describe('the public API', () => {
  const browser = exportsOf('index.ts');
  const node = exportsOf('node.ts');

  it('in a browser', () => {
    expect(browser.values).toEqual([
      'ARCHITECTURES',
      'COLORMAP_NAMES',
      'EMBEDDED_WEIGHTS',
      'FeaturescopeError',
      'InputError',
      'ModelError',
      'OutputError',
      'TAPS',
      'UsageError',
      'capture',
      'chooseLayers',
      'createFrameDrawer',
      'createPngEncoder',
      'drawMap',
      'memorySource',
      'openArchitecture',
      'openAvi',
      'openCapture',
      'openOnnx',
      'openWasmRuntime',
      'predictionsOf',
      'preprocess',
      'readColormap',
      'renderMaps',
      'summarise',
      'withoutAlpha',
    ]);
    expect(Object.keys(browserApi).sort()).toEqual(browser.values);
    expect(browser.types).toEqual([
      'Activation',
      'Architecture',
      'ArchitectureName',
      'AviOptions',
      'AviOutput',
      'AviWriter',
      'AxisField',
      'Band',
      'ByteSource',
      'Capture',
      'CaptureOptions',
      'CaptureStage',
      'CheckedRange',
      'Colormap',
      'DrawJob',
      'DrawOptions',
      'DrawnMap',
      'EmbeddedWeights',
      'ErrorKind',
      'Flag',
      'Frame',
      'FrameRate',
      'FrameStyle',
      'ImageSize',
      'InputImage',
      'InputSize',
      'InputSpec',
      'Layer',
      'LayerChoice',
      'LegendText',
      'Manifest',
      'ManifestFrame',
      'ManifestLayer',
      'ManifestVideo',
      'MapShape',
      'Model',
      'Normalisation',
      'NormalisationOverrides',
      'OpenArchitectureOptions',
      'OpenOnnxOptions',
      'OwnRange',
      'Pixels',
      'PngEncoder',
      'Prediction',
      'PreprocessOptions',
      'Program',
      'Range',
      'ReceptiveField',
      'RenderHost',
      'RenderOptions',
      'ResizeRecord',
      'Runtime',
      'Scale',
      'Session',
      'Shape',
      'Statistics',
      'Tap',
      'Tensor',
      'WasmRuntimeOptions',
      'WeightsOrigin',
    ]);
  });

  it('in Node, beyond that', () => {
    expect(node.values).toEqual([
      'RENDERER_DEFAULTS',
      'capture',
      'decodeImage',
      'openModel',
      'openRenderer',
      'openRuntime',
      'openWasmRuntime',
      'render',
    ]);
    expect(Object.keys(nodeApi).sort()).toEqual([...new Set([...browser.values, ...node.values])].sort());
    expect(node.types).toEqual([
      'CaptureFileOptions',
      'DownloadProgress',
      'FinishedRun',
      'FramePool',
      'Needs',
      'OpenModelOptions',
      'OpenRuntimeOptions',
      'RenderFileOptions',
      'Renderer',
      'RendererOptions',
      'RunHooks',
    ]);
  });
});
