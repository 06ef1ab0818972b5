import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { renderOptions } from '../../src/cli/render-options.js';
import { checkImages } from '../../src/cli/settle-flags.js';
import { featurescope, temporaryFolder } from './terminal.js';

const folder = temporaryFolder();

/** The first line on stderr, after `featurescope: ` or commander's `error: `. No image is there, so that what is refused is refused before one is looked for. */
async function refusal(...args: string[]) {
  const { code, stderr } = await featurescope(['render', ...args]);
  return { code, message: stderr.replace(/^(featurescope|error): /, '').split('\n')[0] };
}

function invalid(option: string, value: string, expected: string): string {
  return `option '${option}' argument '${value}' is invalid. ${expected}`;
}

const PERCENTILES = 'Expected LO,HI within 0 to 100 such as 1,99 with LO below HI.';
const NOT_NOTHING = 'Expected a path or name, not nothing.';

describe('a value that one option alone refuses', () => {
  const cases: [args: string[], message: string][] = [
    [['--out', ''], invalid('--out <folder>', '', NOT_NOTHING)],
    [['--config', ''], invalid('--config <file>', '', NOT_NOTHING)],
    [['--weights', ''], invalid('--weights <source>', '', NOT_NOTHING)],
    [['--classes', ''], invalid('--classes <file>', '', NOT_NOTHING)],
    [['--type', ''], invalid('--type <operators>', '', 'Expected ONNX operators such as Relu,MaxPool,Add.')],
    [
      ['--layers', 'conv1,'],
      invalid('--layers <pattern>', 'conv1,', 'Expected layer paths or globs such as conv1 or layer1.*.'),
    ],
    [['--frame-size', '0'], invalid('--frame-size <size>', '0', 'Expected at least 1 pixel a side.')],
    [['--img-size', '20x0'], invalid('--img-size <size>', '20x0', 'Expected at least 1 pixel a side.')],
    [['--std', '0,0,0'], invalid('--std <list>', '0,0,0', 'Expected numbers above 0 such as 0.229,0.224,0.225.')],
    [['--percentile', '99,1'], invalid('--percentile <lo,hi>', '99,1', PERCENTILES)],
    [['--percentile', '1,101'], invalid('--percentile <lo,hi>', '1,101', PERCENTILES)],
    [['--percentile', '1,2,3'], invalid('--percentile <lo,hi>', '1,2,3', PERCENTILES)],
  ];
  it.each(cases)('%j', async (args, message) => {
    expect(await refusal('none.png', ...args)).toEqual({ code: 2, message });
  });
});

describe('--video-filename', () => {
  it.each(['', '.', '..', '/tmp/', '/tmp/..', 'maps/a.avi'])('%j is no file name', async (name) => {
    expect(await refusal('none.png', '--video', '--video-filename', name)).toEqual({
      code: 2,
      message: `--video-filename '${name}': expected a file name, or an absolute path of a file`,
    });
  });

  it.each(['manifest.json', 'Manifest.JSON', 'frame_0000.png', 'frame_12345.png'])(
    '%s is a name of the run folder',
    async (name) => {
      expect(await refusal('none.png', '--video', '--video-filename', name)).toEqual({
        code: 2,
        message: `--video-filename '${name}': the run folder has its own file of that name; choose another such as activations.avi`,
      });
    },
  );
});

describe('what does not go together', () => {
  it.each([
    ['--fps', '30'],
    ['--video-filename', 'maps.avi'],
  ])('%s without --video', async (flag, value) => {
    expect(await refusal('none.png', flag, value)).toEqual({
      code: 2,
      message: `${flag} without --video has no effect; add --video`,
    });
  });

  it('a config file may keep them for runs that have one', async () => {
    const config = write('video.json', '{"fps": 30, "video-filename": "maps.avi"}');
    expect(await refusal('none.png', '--config', config)).toEqual({
      code: 3,
      message: 'none.png: no such file or folder',
    });
  });

  const forPictures = [
    ['--img-size', '64'],
    ['--crop', '64'],
    ['--mean', '0,0,0'],
    ['--std', '1,1,1'],
    ['--channels', 'bgr'],
    ['--input-range', '0..255'],
  ];
  it.each(forPictures)('%s with a tensor', async (flag, value) => {
    const tensor = write('five.NPY', '');
    expect(await refusal(tensor, flag!, value!)).toEqual({
      code: 2,
      message: `${flag}: ${tensor} holds the tensor itself, which is taken as it is; leave the option out`,
    });
  });

  it('the same from a config file or a folder of tensors, but not from a preset', async () => {
    const tensor = write('five.npy', '');
    const config = write('mean.json', '{"mean": [0, 0, 0]}');
    const message = `--mean: ${tensor} holds the tensor itself, which is taken as it is; leave the option out`;
    expect(await refusal(tensor, '--config', config)).toEqual({ code: 2, message });
    expect((await refusal(tensor, '--preset', 'seed')).code).toBe(3);
    expect(() => checkImages(program('--mean', '0'), ['tensors'], [tensor])).toThrow(message);
    expect(() => checkImages(program('--mean', '0'), ['both'], ['a.png', tensor])).not.toThrow();
  });

  it('the preset with a file', async () => {
    const model = write('some.onnx', '');
    expect(await refusal('none.png', '--preset', 'seed', '--model', model)).toEqual({
      code: 2,
      message: `--preset seed: it is for alexnet and resnet18, not for a file (${model})`,
    });
  });
});

describe('a config file', () => {
  const cases: [text: string, message: string][] = [
    ['{"no-images": true}', ': unknown option "no-images"; write "images": false'],
    ['{"imgSize": 64}', ': unknown option "imgSize"; the nearest are img-size, offline, frame-size'],
    ['{"tap": ["act"]}', ': option "tap" is ["act"], expected one value and no list'],
    ['{"out": ["x"]}', ': option "out" is ["x"], expected one value and no list'],
    ['{"out": ""}', ': option "out" is "", expected a path or name, not nothing'],
    ['{"layers": []}', ': option "layers" is [], expected text, a number or a list of them that is not empty'],
    ['{"crop": {}}', ': option "crop" is {}, expected text or a number'],
    ['{"cmap": "gray",\n "fps": x}', `: not valid JSON: Unexpected token 'x', ...", "fps": x}" is not valid JSON`],
  ];
  it.each(cases)('%j', async (text, message) => {
    const config = write('wrong.json', text);
    expect(await refusal('none.png', '--config', config)).toEqual({ code: 2, message: config + message });
  });

  it('that is no text', async () => {
    const config = write('binary.json', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a));
    expect(await refusal('none.png', '--config', config)).toEqual({
      code: 2,
      message: `--config ${config}: not a text in UTF-8, expected a JSON object of options such as {"model": "alexnet"}`,
    });
  });

  it('that is a folder', async () => {
    expect(await refusal('none.png', '--config', folder)).toEqual({
      code: 2,
      message: `--config ${folder}: is a folder, expected a file`,
    });
  });

  it.skipIf(process.platform === 'win32')('that is a pipe, which is not opened', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await refusal('none.png', '--config', pipe)).toEqual({
      code: 2,
      message: `--config ${pipe}: is not a regular file, expected a JSON object of options such as {"model": "alexnet"}`,
    });
  });

  it('may begin with a byte order mark', async () => {
    const config = write('mark.json', '\uFEFF{"cmap": "gray"}');
    expect((await refusal('none.png', '--config', config)).message).toBe('none.png: no such file or folder');
  });
});

describe('colormaps', () => {
  const bin = fileURLToPath(new URL('../../bin/featurescope.js', import.meta.url));
  const colormaps = (cwd: string, ...args: string[]) => {
    const run = spawnSync(process.execPath, [bin, 'colormaps', ...args], { cwd, encoding: 'utf8' });
    return { code: run.status, stderr: run.stderr, last: run.stdout.trimEnd().split('\n').at(-1) };
  };

  it('takes the next free name', () => {
    const here = join(folder, 'here');
    mkdirSync(here);
    for (const name of ['colormaps.png', 'colormaps_2.png']) {
      const last = `Each also reversed, as NAME_r. All of them drawn: ${name}`;
      expect(colormaps(here)).toEqual({ code: 0, stderr: '', last });
    }
    expect(readdirSync(here)).toEqual(['colormaps.png', 'colormaps_2.png']);
    expect(readFileSync(join(here, 'colormaps_2.png'))).toEqual(readFileSync(join(here, 'colormaps.png')));
  });

  it('refuses a name of another format', async () => {
    expect(await featurescope(['colormaps', '--out', 'maps.jpg'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'featurescope: --out maps.jpg: the picture is a PNG, expected a name that ends in .png\n',
    });
  });

  it.skipIf(process.platform === 'win32')('leaves no part of a picture that does not fit', () => {
    const there = join(folder, 'there');
    mkdirSync(there);
    // A file may have one block of 512 or 1024 bytes; the signal that says so is ignored, so that the write fails.
    const limited = `trap '' XFSZ; ulimit -f 1; exec '${process.execPath}' '${bin}' colormaps --out maps.png`;
    const { status, stderr } = spawnSync('sh', ['-c', limited], { cwd: there, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 5,
      stderr: 'featurescope: cannot write maps.png: the file would be larger than the file system or limit allows\n',
    });
    expect(readdirSync(there)).toEqual([]);
  });
});

it('the help has every exit code', async () => {
  const { stdout } = await featurescope(['render', '--help']);
  expect(stdout.slice(stdout.indexOf('Exit codes'))).toBe(
    'Exit codes: 0 done, 1 a fault of this program, 2 usage, 3 image, 4 model or weights, 5 output,\n' +
      '            130 interrupted (Ctrl-C), 143 terminated (SIGTERM).\n\n',
  );
});

/** `render` with these flags, parsed and not run. */
function program(...flags: string[]): Command {
  const command = new Command().exitOverride();
  for (const option of renderOptions()) command.addOption(option);
  return command.parse(flags, { from: 'user' });
}

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
