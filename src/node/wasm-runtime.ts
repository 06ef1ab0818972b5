import { type WasmRuntimeOptions, wasmRuntime } from '../run/ort-web.js';
import type { Runtime } from '../run/runtime.js';

/** The wasm runtime in Node, where only the whole package's entry can start threads. */
export async function openWasmRuntime(options: WasmRuntimeOptions = {}): Promise<Runtime> {
  return wasmRuntime(await import('onnxruntime-web'), options);
}
