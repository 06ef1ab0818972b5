/** `featurescope colormaps`: the names on the terminal, the colours in a picture. */
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { OutputError, UsageError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';
import { COLORMAP_NAMES } from '../map/colormap.js';
import { drawColormapSheet } from '../map/colormap-sheet.js';
import { createPngEncoder } from '../write/png.js';
import type { Terminal } from './terminal.js';

/**
 * Never overwrites: without `out` the picture takes the next free name. Throws an OutputError where `out` exists or cannot be written, and then leaves no part
 * of a file; a UsageError where `out` is no name of a PNG.
 */
export function colormapsCommand({ out }: { out?: string }, { stdout }: Terminal): void {
  if (out !== undefined && !/\.png$/i.test(out)) {
    throw new UsageError(`--out ${out}: the picture is a PNG, expected a name that ends in .png`);
  }
  for (const [category, names] of Object.entries(COLORMAP_NAMES)) stdout.write(`${category}\n  ${names.join(' ')}\n`);
  const png = createPngEncoder()(drawColormapSheet());
  const path = out === undefined ? writeFreely(png) : out;
  if (out !== undefined && !writeNew(out, png)) {
    throw new OutputError(`cannot write ${out}: already exists, and nothing is overwritten; choose another --out`);
  }
  stdout.write(`\nEach also reversed, as NAME_r. All of them drawn: ${path}\n`);
}

/** To `colormaps.png`, or the first of `colormaps_2.png`, `colormaps_3.png`, ... that is not there. */
function writeFreely(png: Uint8Array): string {
  for (let attempt = 1; ; attempt++) {
    const path = attempt === 1 ? 'colormaps.png' : `colormaps_${attempt}.png`;
    if (writeNew(path, png)) return path;
  }
}

/** False where the file is already there. */
function writeNew(path: string, png: Uint8Array): boolean {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'wx');
    writeFileSync(descriptor, png);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // It was made here, and holds less than the picture.
    if (descriptor !== undefined) rmSync(path, { force: true });
    throw new OutputError(`cannot write ${describeFileError(path, cause)}`, { cause });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
