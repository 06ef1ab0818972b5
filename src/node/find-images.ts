/** Image arguments to image files: a folder stands for the images directly inside it. */
import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { InputError } from '../errors.js';
import { describeFileError, isFileError } from '../files/file-errors.js';
import { checkImageFile } from './read-image.js';

const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff', '.npy'];

/**
 * In the order given, a folder's in the order of their names. Of several paths one that cannot be found or read stays
 * among them: reading it fails later as a damaged image does, and the others are rendered. Throws an InputError for
 * one path alone that is no readable file, and for a folder without images.
 */
export function findImages(paths: readonly string[]): string[] {
  const isAlone = paths.length === 1;
  return paths.flatMap((path) => {
    try {
      const facts = statSync(path);
      if (facts.isDirectory()) return imagesIn(path);
      if (isAlone) checkImageFile(path, facts);
      return [path];
    } catch (cause) {
      if (!isFileError(cause)) throw cause;
      if (!isAlone) return [path];
      throw new InputError(describeFileError(path, cause), { cause });
    }
  });
}

/** Hidden files are left out: macOS puts a `._photo.png`, which is no image, beside every photo.png on a foreign disk. */
function imagesIn(folder: string): string[] {
  const images = readdirSync(folder)
    .filter((name) => !name.startsWith('.') && EXTENSIONS.includes(extname(name).toLowerCase()))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => !isFolder(path));
  if (images.length === 0) throw new InputError(`${folder}: no image in this folder (${EXTENSIONS.join(' ')})`);
  return images;
}

/** A link to nowhere is none, so that it is reported as an image that is not there. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
