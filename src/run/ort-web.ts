/** ONNX Runtime's wasm build: for the browser, and for Node where the native addon cannot load. About four times slower than native. */
import { type Ort, openOrtSession } from './ort-session.js';
import type { Runtime } from './runtime.js';

export interface WasmRuntimeOptions {
  /** Default: 1. A page with more must be cross-origin isolated (COOP and COEP), else ONNX Runtime warns and uses one. */
  readonly threads?: number;
  /** The folder, by its URL, of ONNX Runtime's `.wasm` and `.mjs` files. Default: where its own script is, which bundlers see to. */
  readonly wasmFolder?: string;
}

/** What is used of either entry of onnxruntime-web. */
export interface OrtWeb extends Ort {
  readonly env: {
    readonly versions: { readonly web?: string };
    readonly wasm: { numThreads?: number; wasmPaths?: unknown };
  };
}

/** For a page: the build without WebGPU, half the size. Settings are the page's, shared by all its runtimes. */
export async function openWasmRuntime(options: WasmRuntimeOptions = {}): Promise<Runtime> {
  return wasmRuntime(await import('onnxruntime-web/wasm'), options);
}

export function wasmRuntime(ort: OrtWeb, { threads = 1, wasmFolder }: WasmRuntimeOptions): Runtime {
  ort.env.wasm.numThreads = threads;
  if (wasmFolder) ort.env.wasm.wasmPaths = wasmFolder;
  return {
    name: `onnxruntime-web ${ort.env.versions.web} (wasm)`,
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
