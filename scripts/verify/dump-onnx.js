/** Every convolution of an ONNX file for one input, for verify_exports.py: node scripts/verify/dump-onnx.js MODEL IMAGE.npy FOLDER */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, openModel } from '../../dist/node.js';

const [path, image, folder] = process.argv.slice(2);
const paths = [];
for await (const { layer, tensor } of capture(await openModel(path), image)) {
  const { buffer, byteOffset, byteLength } = tensor.data;
  writeFileSync(join(folder, `${paths.length}.f32`), new Uint8Array(buffer, byteOffset, byteLength));
  paths.push(layer.path);
}
writeFileSync(join(folder, 'paths.json'), JSON.stringify(paths));
