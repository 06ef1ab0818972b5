import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import type { Model } from '../../src/model/model.js';
import { checkClassCount, readClassNames } from '../../src/node/class-names.js';

const root = mkdtempSync(join(tmpdir(), 'featurescope-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
}

it('reads one name a line, whatever ends a line, and passes over empty ones and the mark of UTF-8', () => {
  const names = ['tench, Tinca', 'jalapeño', '猫'];
  for (const [i, end] of ['\n', '\r\n', '\r'].entries()) {
    const text = `\ufeff${names.join(end)}${end} ${end}${end}`;
    expect(readClassNames(file(`names-${i}.txt`, text))).toEqual(names);
  }
});

describe('refuses', () => {
  const refusal = (path: string, problem: string) =>
    expect(() => readClassNames(path)).toThrow(new UsageError(`--classes ${path}: ${problem}`));
  const noText = 'not a text in UTF-8, expected class names, one a line';
  it.each([
    ['a NUL', Uint8Array.of(0x61, 0, 0x0a)],
    ['Latin-1', Uint8Array.of(0x63, 0xe9, 0x0a)],
    ['UTF-16', Buffer.from('\ufeffant\n', 'utf16le')],
  ])('%s', (name, bytes) => refusal(file(`${name}.txt`, bytes), noText));

  it('a file larger than any list of names', () => {
    const path = file('large.txt', '');
    truncateSync(path, 2 ** 24 + 1);
    refusal(path, '16777217 bytes, more than 16777216, expected class names, one a line');
  });

  it('a folder, and what is not there', () => {
    refusal(root, 'is a folder, expected a file');
    refusal(join(root, 'none.txt'), 'no such file or folder');
  });

  it.skipIf(process.platform === 'win32')('a pipe and a device, which may never end', () => {
    const pipe = join(root, 'pipe.txt');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/null']) {
      refusal(path, 'is not a regular file, expected class names, one a line');
    }
  });
});

describe('the number of names', () => {
  const network = (classes: number | null) =>
    ({ name: 'net', classifier: classes && { tensor: 'fc', classes, kind: 'logits' } }) as Model;

  it("must be the network's, where it has a known one", () => {
    const check = (names: string[], classes: number | null) => () =>
      checkClassCount('names.txt', names, network(classes));
    expect(check(['ant', 'bee', 'cat'], 1000)).toThrow(
      new UsageError('--classes names.txt: 3 class names, but net has 1000 classes'),
    );
    expect(check(['ant'], 2)).toThrow(new UsageError('--classes names.txt: 1 class name, but net has 2 classes'));
    expect(check(['ant', 'bee'], 1)).toThrow(new UsageError('--classes names.txt: 2 class names, but net has 1 class'));
    expect(check(['ant', 'bee'], 2)).not.toThrow();
    expect(check(['ant', 'bee'], null)).not.toThrow();
  });
});
