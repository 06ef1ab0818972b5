import type { Program } from '../model/model.js';
import type { Tensor } from '../tensor/tensor.js';

/** Runs networks. What differs between platforms is behind this interface and nowhere else. */
export interface Runtime {
  /** For the manifest: `onnxruntime-node 1.30.0`. */
  readonly name: string;
  /** Throws a ModelError where the program cannot run here. */
  open(program: Program): Promise<Session>;
}

export interface Session {
  /** Shape of each output by name; null where it is not fixed before a run. */
  readonly shapes: ReadonlyMap<string, readonly number[] | null>;
  /** The program's outputs by name, for one image [1, channels, height, width]. */
  run(image: Tensor): Promise<Map<string, Tensor>>;
  close(): Promise<void>;
}
