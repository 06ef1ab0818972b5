import { availableParallelism } from 'node:os';
import type { Device } from '../run/devices.js';
import { openNativeRuntime } from '../run/ort-node.js';
import type { Runtime } from '../run/runtime.js';
import { openWasmRuntime } from './wasm-runtime.js';

export interface OpenRuntimeOptions {
  /** Default: `cpu`. */
  readonly device?: Device;
  /** Told what a person should know about the runtime, once. */
  readonly onNotice?: (text: string) => void;
}

/** The native runtime, or on the CPU the wasm one where its addon cannot load. Throws a UsageError for a device that this build does not have. */
export async function openRuntime({ device = 'cpu', onNotice = () => {} }: OpenRuntimeOptions = {}): Promise<Runtime> {
  if (device !== 'cpu') {
    onNotice(`--device ${device} is passed on to ONNX Runtime; this project has tested cpu only`);
    return openNativeRuntime(device);
  }
  try {
    return await openNativeRuntime();
  } catch (cause) {
    const reason = String((cause as Error).message).split('\n')[0];
    onNotice(`onnxruntime-node cannot load here (${reason}); using the slower wasm runtime`);
    return openWasmRuntime({ threads: availableParallelism() });
  }
}
