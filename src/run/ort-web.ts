/** ONNX Runtime's wasm build: for the browser, and for Node where the native addon cannot load. About four times slower than native. */
import { type Ort, openOrtSession } from './ort-session.js';
import type { Runtime } from './runtime.js';

export async function openWasmRuntime({ threads = 1 } = {}): Promise<Runtime> {
  const module = await import('onnxruntime-web');
  const ort: Ort = module;
  module.env.wasm.numThreads = threads;
  return {
    name: `onnxruntime-web ${module.env.versions.web} (wasm)`,
    open: async (program) => {
      const files = [...program.files].map(async ([path, source]) => ({
        path,
        data: await source.slice(0, source.byteLength),
      }));
      return openOrtSession(ort, program, {
        executionProviders: ['wasm'],
        externalData: await Promise.all(files),
      });
    },
  };
}
