/**
 * The picture at the top of the README: the sample image and some of its feature maps. `npm run build && node scripts/readme/picture.js`.
 * Maps are chosen for their spread over the layers: the filters with the largest standard deviation, at most one of a kind.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { openModel, render } from '../../dist/node.js';

const LAYERS = ['conv1', 'layer1.0.conv2', 'layer2.0.conv1', 'layer3.0.conv2'];
const MAPS_PER_LAYER = 5;
const PHOTO_WIDTH = 640;
const GAP = 8;
const MAP_WIDTH = 200;

const root = fileURLToPath(new URL('../..', import.meta.url));
const sample = join(root, 'assets', 'still-life.png');
const out = mkdtempSync(join(tmpdir(), 'featurescope-readme-'));
const { folder, manifest } = await render(await openModel('resnet18', { weights: 'embedded' }), sample, {
  layers: LAYERS,
  tap: 'act',
  frameSize: MAP_WIDTH,
  style: { colormap: 'viridis', smooth: false, legend: true },
  out,
});

const rows = LAYERS.map((layer) =>
  manifest.frames
    .filter((frame) => frame.layer === layer && frame.zeroFraction < 0.7)
    .sort((a, b) => b.standardDeviation / (b.max || 1) - a.standardDeviation / (a.max || 1))
    .slice(0, MAPS_PER_LAYER),
);
const first = await sharp(join(folder, rows[0][0].file)).metadata();
const rowHeight = first.height + GAP;
const height = LAYERS.length * rowHeight + GAP;
const { width: sampleWidth, height: sampleHeight } = await sharp(sample).metadata();
const photoHeight = Math.round((PHOTO_WIDTH * sampleHeight) / sampleWidth);
const tiles = rows.flatMap((row, y) =>
  row.map(({ file }, x) => ({
    input: readFileSync(join(folder, file)),
    left: PHOTO_WIDTH + 3 * GAP + x * (MAP_WIDTH + GAP),
    top: GAP + y * rowHeight,
  })),
);
tiles.push({
  input: await sharp(sample).resize(PHOTO_WIDTH, photoHeight).toBuffer(),
  left: GAP,
  top: (height - photoHeight) >> 1,
});
await sharp({
  create: {
    width: PHOTO_WIDTH + 3 * GAP + MAPS_PER_LAYER * (MAP_WIDTH + GAP),
    height,
    channels: 3,
    background: '#111111',
  },
})
  .composite(tiles)
  .png({ palette: true, compressionLevel: 9, effort: 10 })
  .toFile(join(root, 'docs', 'images', 'overview.png'));
rmSync(out, { recursive: true });
