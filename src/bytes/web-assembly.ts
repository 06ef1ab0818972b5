import { decodeBase64 } from './base64.js';

/** What is used of a global that TypeScript declares for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** A new instance, with memory of its own, of a module that imports nothing, given in base64; its exports. */
export function instantiate<Exports>(base64: string): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(base64))).exports as Exports;
}
