import { OutputError } from '../errors.js';
import { decodeBase64 } from './base64.js';

/** What is used of a global that TypeScript declares for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/**
 * A new instance, with memory of its own, of a module that imports nothing, given in base64; its exports. Throws an OutputError where there is
 * no room: V8 reserves 10 GB of addresses, not of memory, for each.
 */
export function instantiate<Exports>(base64: string): Exports {
  const module = new WebAssembly.Module(decodeBase64(base64));
  try {
    return new WebAssembly.Instance(module).exports as Exports;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new OutputError(
      'not enough address space to draw in; raise its limit (ulimit -v), or set NODE_OPTIONS=--disable-wasm-trap-handler',
      { cause },
    );
  }
}
