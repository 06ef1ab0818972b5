import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--baseDir', ROOT];

/** AssemblyScript, as a path from the root, to the bytes of a WebAssembly module. Throws an Error with what the compiler says. */
export async function compileAssembly(source) {
  let wasm;
  const writeFile = (_name, bytes) => {
    wasm = bytes;
  };
  const { error, stderr } = await asc.main([source, ...OPTIONS, '--outFile', 'out.wasm'], { writeFile });
  const messages = stderr.toString();
  if (error || messages) throw new Error(`${source}: ${messages}${error ?? ''}`);
  return wasm;
}
