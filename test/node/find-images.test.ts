import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/errors.js';
import { findImages } from '../../src/node/find-images.js';

// Modes do not keep root out of a folder, as whom tests often run.
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const readdirSync = (path: string) => {
    if (path.endsWith('locked')) throw Object.assign(new Error('EACCES: scandir'), { code: 'EACCES' });
    return fs.readdirSync(path);
  };
  return { ...fs, readdirSync };
});

const root = mkdtempSync(join(tmpdir(), 'featurescope-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const none = join(root, 'none.png');

function folder(name: string, files: readonly string[] = []): string {
  const path = join(root, name);
  mkdirSync(path);
  for (const file of files) writeFileSync(join(path, file), '');
  return path;
}

describe('a folder stands for', () => {
  it('its images and arrays in the order of their names, without hidden files, other files and folders', () => {
    const path = folder('all', ['b.PNG', 'a.jpg', 'c.npy', '._a.jpg', '.hidden.png', 'notes.txt']);
    mkdirSync(join(path, 'd.png'));
    expect(findImages([path])).toEqual(['a.jpg', 'b.PNG', 'c.npy'].map((name) => join(path, name)));
  });

  it('its links too, also those to nowhere', () => {
    const path = folder('links', ['a.png']);
    symlinkSync(join(path, 'a.png'), join(path, 'b.png'));
    symlinkSync(none, join(path, 'c.png'));
    symlinkSync(root, join(path, 'd.png'));
    expect(findImages([path])).toEqual(['a.png', 'b.png', 'c.png'].map((name) => join(path, name)));
  });

  it('images, of which there must be one', () => {
    const path = folder('hidden', ['._a.png']);
    expect(() => findImages([path, none])).toThrow(
      new InputError(`${path}: no image in this folder (.jpg .jpeg .png .webp .avif .gif .tif .tiff .npy)`),
    );
  });
});

describe('a path that cannot be found or read', () => {
  const locked = folder('locked');

  it('is an error at once where it is alone', () => {
    expect(() => findImages([none])).toThrow(new InputError(`${none}: no such file or folder`));
    expect(() => findImages([locked])).toThrow(new InputError(`${locked}: permission denied`));
  });

  it('stays among several', () => {
    const good = join(folder('good', ['good.png']), 'good.png');
    expect(findImages([none, good, locked])).toEqual([none, good, locked]);
  });

  it.skipIf(process.platform === 'win32')('or read to its end is one too', () => {
    const pipe = join(root, 'pipe.png');
    execFileSync('mkfifo', [pipe]);
    expect(() => findImages([pipe])).toThrow(
      new InputError(
        `${pipe}: is not a regular file but a pipe, socket or device; save the image to a file and give that`,
      ),
    );
    expect(findImages([none, pipe])).toEqual([none, pipe]);
  });
});
