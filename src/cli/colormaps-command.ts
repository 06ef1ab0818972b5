/** `featurescope colormaps`: the names on the terminal, the colours in a picture. */
import { writeFileSync } from 'node:fs';
import { OutputError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';
import { COLORMAP_NAMES } from '../map/colormap.js';
import { drawColormapSheet } from '../map/colormap-sheet.js';
import { createPngEncoder } from '../write/png.js';
import type { Terminal } from './terminal.js';

/** Never overwrites: throws an OutputError where `out` exists or cannot be written. */
export function colormapsCommand({ out }: { out: string }, { stdout }: Terminal): void {
  for (const [category, names] of Object.entries(COLORMAP_NAMES)) stdout.write(`${category}\n  ${names.join(' ')}\n`);
  try {
    writeFileSync(out, createPngEncoder()(drawColormapSheet()), { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST'
        ? `${out}: already exists, and nothing is overwritten; choose another --out`
        : describeFileError(out, cause);
    throw new OutputError(`cannot write ${why}`, { cause });
  }
  stdout.write(`\nEach also reversed, as NAME_r. All of them drawn: ${out}\n`);
}
