/** ONNX Runtime's native build: the fast runtime of Node. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { sep } from 'node:path';
import { UsageError } from '../errors.js';
import type { Program } from '../model/model.js';
import type { Device } from './devices.js';
import { type Ort, openOrtSession } from './ort-session.js';
import type { Runtime } from './runtime.js';

/** Not `import()`, which first searches a CommonJS package's sources for the names that it exports: 20 ms. */
const require = createRequire(import.meta.url);

/** Throws where the package or its addon is not installed for this platform, and a UsageError for a device that it was built without. */
export async function openNativeRuntime(device: Device = 'cpu'): Promise<Runtime> {
  // Without it ONNX Runtime would send its maker a description of every network and machine, and keep an identifier in the user's cache.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  const ort: Ort & typeof import('onnxruntime-node') = require('onnxruntime-node');
  const devices = ort.listSupportedBackends().map(({ name }) => name);
  if (!devices.includes(device)) {
    throw new UsageError(`--device ${device}: this build of ONNX Runtime has ${devices.join(', ')}`);
  }
  const { version } = require('onnxruntime-node/package.json') as { version: string };
  return {
    name: `onnxruntime-node ${version}${device === 'cpu' ? '' : ` (${device})`}`,
    open: async (program) =>
      openOrtSession(ort, program, { ...SESSION, executionProviders: [device], ...(await weightsOf(program)) }),
  };
}

const SESSION = {
  intraOpNumThreads: availableParallelism(),
  // The arena grows by doubling and never gives back: exact allocations keep the peak near the tensors' own size.
  enableCpuMemArena: false,
  enableMemPattern: false,
} as const;

/** Between the parts of a run its threads wait asleep: spinning would take time from the threads that draw. */
const WAIT_ASLEEP = { intra_op: { allow_spinning: '0' } } as const;

/** Files on disk are mapped by the runtime itself, from the one folder that their locations are relative to; others are handed over as bytes. */
async function weightsOf({ files }: Program) {
  const externalData: { path: string; data: Uint8Array }[] = [];
  let folder: string | undefined;
  for (const [location, source] of files) {
    const base = source.path?.endsWith(sep + location) ? source.path.slice(0, -location.length - 1) || sep : undefined;
    if (base && (folder ?? base) === base) folder = base;
    else externalData.push({ path: location, data: await source.slice(0, source.byteLength) });
  }
  const weights = folder ? { model_external_initializers_file_folder_path: folder } : {};
  return { externalData, extra: { session: { ...WAIT_ASLEEP, ...weights } } };
}
