import { availableParallelism } from 'node:os';
import { openNativeRuntime } from '../run/ort-node.js';
import { openWasmRuntime } from '../run/ort-web.js';
import type { Runtime } from '../run/runtime.js';

/** The native runtime, or the wasm one where its addon cannot load; `onFallback` is told why. */
export async function openRuntime(onFallback: (reason: string) => void = () => {}): Promise<Runtime> {
  try {
    return await openNativeRuntime();
  } catch (cause) {
    onFallback(
      `onnxruntime-node cannot load here (${String((cause as Error).message).split('\n')[0]}); using the slower wasm runtime`,
    );
    return openWasmRuntime({ threads: availableParallelism() });
  }
}
