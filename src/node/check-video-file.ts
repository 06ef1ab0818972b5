import { isAbsolute } from 'node:path';
import { UsageError } from '../errors.js';
import { quote } from '../model/quote.js';

/** Throws a UsageError for what is no file's name, and for what the run folder calls its own files. `where` is the option that says it. */
export function checkVideoFile(file: string, where: string): void {
  const isRelativePath = !isAbsolute(file) && /[\\/]/.test(file);
  // Nothing, a dot or two in the end are folders.
  if (isRelativePath || /(^|[\\/])\.{0,2}$/.test(file) || file.includes('\0')) {
    throw new UsageError(`${where} ${quote(file)}: expected a file name, or an absolute path of a file`);
  }
  // Some file systems do not tell upper from lower case.
  if (/^(manifest\.json|frame_\d+\.png)$/i.test(file)) {
    throw new UsageError(
      `${where} ${quote(file)}: the run folder has its own file of that name; choose another such as activations.avi`,
    );
  }
}
