/**
 * Every value of every tap of a network, for verify_pytorch.py: node scripts/verify/dump-activations.js JOB.json
 * The job: {model, weights, input: {path, width, height} (RGB bytes), runtime: native | wasm, out}. Writes out.json and out.f32.
 */
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { capture, openModel, openRuntime, openWasmRuntime, preprocess, TAPS } from '../../dist/node.js';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { width, height } = job.input;
const data = new Uint8Array(readFileSync(job.input.path));
const model = await openModel(job.model, { weights: job.weights });
const options = { ...model.input.normalisation, size: { kind: 'exact', width, height } };
const image = preprocess({ width, height, data }, options).tensor;
const runtime = await (job.runtime === 'wasm' ? openWasmRuntime() : openRuntime());

const index = [];
const values = createWriteStream(`${job.out}.f32`);
for (const tap of TAPS) {
  for await (const { layer, tensor } of capture(model, image, { runtime, tap })) {
    index.push({ layer: layer.path, tap, shape: tensor.shape });
    const { buffer, byteOffset, byteLength } = tensor.data;
    if (!values.write(Buffer.from(buffer, byteOffset, byteLength))) await new Promise((r) => values.once('drain', r));
  }
}
await new Promise((resolve) => values.end(resolve));
writeFileSync(`${job.out}.json`, JSON.stringify({ runtime: runtime.name, index }));
