import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { readImage } from '../../src/node/read-image.js';

const root = mkdtempSync(join(tmpdir(), 'featurescope-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('refuses at once', () => {
  it.skipIf(process.platform === 'win32')('a pipe and a device, which may never end', async () => {
    const pipe = join(root, 'pipe.png');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/null']) {
      await expect(readImage(path)).rejects.toThrow(
        new InputError(
          `${path}: is not a regular file but a pipe, socket or device; save the image to a file and give that`,
        ),
      );
    }
  });

  it('a file larger than any image', async () => {
    const path = join(root, 'large.npy');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 30 + 1); // a hole, which takes no space
    await expect(readImage(path)).rejects.toThrow(
      new InputError(
        `${path}: 1073741825 bytes, expected an image or .npy file of at most 1073741824; reduce it first`,
      ),
    );
  });

  it('a folder, and what is not there', async () => {
    await expect(readImage(root)).rejects.toThrow(new InputError(`${root}: is a folder, expected a file`));
    const none = join(root, 'none.png');
    await expect(readImage(none)).rejects.toThrow(new InputError(`${none}: no such file or folder`));
  });
});
