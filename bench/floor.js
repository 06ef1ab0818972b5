/**
 * The floor under the whole job: opens the session, makes one forward pass with every convolution exposed and writes files of the same
 * sizes as a real run's, with a plain loop. No image, no statistics, no drawing, no encoding, no checksums.
 *
 *     node bench/floor.js MODEL WIDTH HEIGHT SIZES.json OUT
 *
 * SIZES.json: bytes by file name. Prints its laps, in milliseconds since the process began.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openModel } from '../dist/node/open-model.js';
import { openNativeRuntime } from '../dist/run/ort-node.js';

const [name, width, height, sizesPath, out] = process.argv.slice(2);
const laps = { modules: performance.now() };

const model = await openModel(name, { weights: 'embedded' });
const runtime = await openNativeRuntime();
const size = [Number(height), Number(width)];
const outputs = model.layers.filter(({ op }) => op === 'Conv').map(({ tensors }) => tensors.conv);
const session = await runtime.open(await model.program(outputs, size));
laps.session = performance.now();

const shape = [1, model.input.channels, ...size];
const values = Float32Array.from({ length: model.input.channels * size[0] * size[1] }, (_, i) => Math.sin(i));
const maps = await session.run({ shape, data: values });
laps.forward = performance.now();
if (maps.size !== outputs.length) throw new Error(`${maps.size} outputs of ${outputs.length}`);

const sizes = Object.entries(JSON.parse(readFileSync(sizesPath, 'utf8')));
const bytes = Buffer.alloc(Math.max(...sizes.map(([, byteLength]) => byteLength)), 0x5a);
mkdirSync(out);
for (const [file, byteLength] of sizes) writeFileSync(join(out, file), bytes.subarray(0, byteLength));
laps.files = performance.now();

await session.close();
console.log(JSON.stringify(laps));
