/**
 * Compiles each `assembly/` under src (AssemblyScript) to WebAssembly, inside a module: Node, its threads, browsers and bundlers then load
 * it alike, without a file to find.
 */
import { writeFileSync } from 'node:fs';
import { compileAssembly } from './compile-assembly.js';

/** By room, whose `<room>-assembly.ts` is made. */
const ROOMS = ['map', 'write'];

for (const room of ROOMS) {
  const wasm = Buffer.from(await compileAssembly(`src/${room}/assembly/index.ts`));
  const text = `/** Made by scripts/build-assembly.js from assembly/; edit it there. */\nexport const ${room.toUpperCase()}_ASSEMBLY: string =\n  '${wasm.toString('base64')}';\n`;
  writeFileSync(new URL(`../src/${room}/${room}-assembly.ts`, import.meta.url), text);
}
