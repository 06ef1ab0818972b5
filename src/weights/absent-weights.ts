/** What to say where weights are not here and do not come: every way on, and no other weights instead. */
import { ModelError } from '../errors.js';
import type { HttpProblem } from './http-problem.js';
import { type RemoteFile, shownUrl } from './remote-file.js';

/** `path` is where the cache expects the file. */
export function absentWeights(file: RemoteFile, path: string, why: string, cause?: HttpProblem): ModelError {
  const size = file.approximateByteLength === null ? '' : ` (${(file.approximateByteLength / 1e6).toFixed(1)} MB)`;
  return new ModelError(
    `${file.fileName}${size} is not on this machine, and ${why}. Either fetch ${shownUrl(file.url)} elsewhere and copy it to ` +
      `${path}, or give a file with --weights FILE, or take what comes along for alexnet and resnet18 with --weights embedded`,
    { cause },
  );
}

export function failedFetch(path: string, problem: HttpProblem): ModelError {
  return new ModelError(
    `${problem.message}. Try again (what has arrived is kept), fetch the file elsewhere and copy it to ${path}, ` +
      'or give another with --weights FILE',
    { cause: problem },
  );
}
