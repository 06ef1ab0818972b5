/** ONNX Runtime's native build: the fast runtime of Node. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Program } from '../model/model.js';
import { type Ort, openOrtSession } from './ort-session.js';
import type { Runtime } from './runtime.js';

/** Throws where the package or its addon is not installed for this platform. */
export async function openNativeRuntime(): Promise<Runtime> {
  const ort: Ort = await import('onnxruntime-node');
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return {
    name: `onnxruntime-node ${version}`,
    open: async (program) => openOrtSession(ort, program, { ...SESSION, ...(await weightsOf(program)) }),
  };
}

const SESSION = {
  executionProviders: ['cpu'],
  intraOpNumThreads: availableParallelism(),
  // The arena grows by doubling and never gives back: exact allocations keep the peak near the tensors' own size.
  enableCpuMemArena: false,
  enableMemPattern: false,
} as const;

/** A checkpoint on disk is mapped by the runtime itself; anything else is handed over as bytes. */
async function weightsOf({ files }: Program) {
  const externalData: { path: string; data: Uint8Array }[] = [];
  const folders = new Set<string>();
  for (const [location, source] of files) {
    if (source.path) folders.add(dirname(source.path));
    else externalData.push({ path: location, data: await source.slice(0, source.byteLength) });
  }
  const [folder] = folders;
  if (!folder) return { externalData };
  return { externalData, extra: { session: { model_external_initializers_file_folder_path: folder } } };
}
