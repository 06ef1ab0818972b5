/** `featurescope weights list | pull | path | verify | remove`: what can be fetched by name, and what has been. */
import { ModelError } from '../errors.js';
import { WeightsCache } from '../weights/cache.js';
import { NAMED_WEIGHTS, weightsNamed } from '../weights/catalogue.js';
import { thisMachine } from '../weights/folders.js';
import { fileAtUrl, type RemoteFile } from '../weights/remote-file.js';
import { pullWeights } from '../weights/resolve-weights.js';
import { openDownloadProgress } from './download-progress.js';
import { formatTable } from './table.js';
import type { Terminal } from './terminal.js';

export async function listWeights(json: boolean, { stdout }: Terminal): Promise<void> {
  const cache = new WeightsCache(thisMachine());
  const rows = await Promise.all(
    NAMED_WEIGHTS.map(async (weights) => ({ ...weights, path: await cache.locate(weights) })),
  );
  if (json) {
    stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const table = formatTable(
    ['architecture', 'name', 'MB', 'here'],
    rows.map(({ architecture, name, approximateByteLength, path }) => [
      architecture,
      name,
      (approximateByteLength / 1e6).toFixed(1),
      path ?? '',
    ]),
  );
  stdout.write(
    `Published by torchvision under BSD-3-Clause; \`imagenet\` means IMAGENET1K_V1. Cache: ${cache.folder}\n\n${table}`,
  );
}

/** Prints the path of each file, those that were here already included. */
export async function pullNamed(
  names: readonly string[],
  { stdout, stderr }: Terminal,
  signal: AbortSignal,
): Promise<void> {
  for (const file of names.map(fileNamed)) {
    const progress = openDownloadProgress(stderr);
    try {
      const path = await pullWeights(file, { signal, onProgress: progress.update });
      progress.close();
      stdout.write(`${path}\n`);
    } finally {
      progress.close();
    }
  }
}

export async function printPath(name: string, { stdout }: Terminal): Promise<void> {
  const path = await new WeightsCache(thisMachine()).find(fileNamed(name));
  if (path === undefined)
    throw new ModelError(`${name}: not on this machine; run \`featurescope weights pull ${name}\``);
  stdout.write(`${path}\n`);
}

/** Throws a ModelError after the list where a file is not what it should be. */
export async function verifyCache({ stdout }: Terminal): Promise<void> {
  const cache = new WeightsCache(thisMachine());
  const bad: string[] = [];
  let count = 0;
  for await (const { path, problem } of cache.verify(NAMED_WEIGHTS)) {
    stdout.write(`${problem === null ? 'ok   ' : 'wrong'}  ${path}${problem === null ? '' : `: ${problem}`}\n`);
    count++;
    if (problem !== null) bad.push(path);
  }
  if (bad.length > 0) throw new ModelError(`${bad.length} of ${count} files are not what they should be; remove them`);
  if (count === 0) stdout.write(`${cache.folder} holds no weights\n`);
}

export async function removeNamed(names: readonly string[], { stdout }: Terminal): Promise<void> {
  const cache = new WeightsCache(thisMachine());
  for (const file of names.map(fileNamed)) {
    const removed = await cache.remove(file);
    for (const path of removed) stdout.write(`removed ${path}\n`);
    if (removed.length === 0) stdout.write(`${file.fileName} is not in ${cache.folder}\n`);
  }
}

function fileNamed(name: string): RemoteFile {
  return /^https?:\/\//i.test(name) ? fileAtUrl(name) : weightsNamed(name);
}
