import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from './cli/terminal.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = temporaryFolder();

it('the package holds what it needs, and installs and runs from its tarball', () => {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  const topLevel = [...new Set(paths.map((path) => path.split('/')[0]))].sort();
  expect(topLevel).toEqual(['LICENSE', 'README.md', 'assets', 'bin', 'dist', 'package.json', 'schema']);
  for (const path of [
    'assets/still-life.png',
    'assets/weights/README.md',
    'dist/node.js',
    'dist/node.d.ts',
    'dist/index.js',
    'dist/node/frame-worker.js',
  ]) {
    expect(paths).toContain(path);
  }
  for (const path of paths.filter((path) => path.startsWith('dist/'))) expect(path).toMatch(/\.(js|d\.ts)$/);

  // As npm would lay it out, with this checkout's packages in place of the registry's.
  const modules = join(folder, 'project', 'node_modules');
  mkdirSync(join(modules, 'featurescope'), { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', join(modules, 'featurescope'), '--strip-components=1']);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  const project = join(folder, 'project');
  const image = join(modules, 'featurescope', 'assets', 'still-life.png');
  const bin = join(modules, 'featurescope', 'bin', 'featurescope.js');
  const args = [
    'render',
    image,
    '--weights',
    'embedded',
    '--img-size',
    '96',
    '--layers',
    'conv1',
    '--frame-size',
    '40',
    '--out',
    project,
  ];
  expect(execFileSync(process.execPath, [bin, ...args], { encoding: 'utf8' })).toContain('64 feature maps of 1 layer');
  const library = `
    import { capture, openModel } from 'featurescope';
    const model = await openModel('alexnet', { weights: 'embedded' });
    for await (const { layer, tensor } of capture(model, ${JSON.stringify(image)}, { layers: ['features.0'] })) {
      console.log(layer.path, tensor.shape.join('x'));
    }`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', library], {
    cwd: project,
    encoding: 'utf8',
  });
  expect(printed).toMatch(/^features\.0 1x64x\d+x\d+\n$/);

  const entries = ['featurescope/browser', 'featurescope/weights/resnet18-formula.f16.safetensors'];
  const found = `for (const entry of ${JSON.stringify(entries)}) console.log(import.meta.resolve(entry));`;
  const urls = execFileSync(process.execPath, ['--input-type=module', '-e', found], { cwd: project, encoding: 'utf8' });
  const ends = ['dist/index.js', 'assets/weights/resnet18-formula.f16.safetensors'];
  expect(urls.trim().split('\n')).toEqual(
    ends.map((end) => pathToFileURL(join(realpathSync(modules), 'featurescope', end)).href),
  );
});
