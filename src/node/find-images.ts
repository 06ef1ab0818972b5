/** Image arguments to image files: a folder stands for the images directly inside it. */
import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { InputError } from '../errors.js';
import { describeFileError } from '../files/file-errors.js';

const EXTENSIONS: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff']);

/** In the order given, a folder's in the order of their names. Throws an InputError for what is not there or a folder without images. */
export function findImages(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!facts(path).isDirectory()) return [path];
    const images = readdirSync(path)
      .filter((name) => EXTENSIONS.has(extname(name).toLowerCase()))
      .sort()
      .map((name) => join(path, name))
      .filter((file) => facts(file).isFile());
    if (images.length === 0) throw new InputError(`${path}: no image in this folder (${[...EXTENSIONS].join(' ')})`);
    return images;
  });
}

function facts(path: string) {
  try {
    return statSync(path);
  } catch (cause) {
    throw new InputError(describeFileError(path, cause), { cause });
  }
}
