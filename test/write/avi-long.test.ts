/** A video beyond 1 GiB in the temporary folder: only where FEATURESCOPE_LONG=1, as continuous integration sets. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync, writevSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAvi } from '../../src/write/avi.js';
import { createPngEncoder } from '../../src/write/png.js';
import { expandFrame, makeFrame, randomIntegers } from './png-reference.js';

const canRun = process.env.FEATURESCOPE_LONG === '1' && spawnSync('ffmpeg', ['-version']).status === 0;

describe.skipIf(!canRun)('an AVI beyond 1 GiB', () => {
  it('goes on in a second segment, where every frame is found', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'featurescope-long-'));
    try {
      const path = join(folder, 'long.avi');
      const [width, height, count] = [2000, 1001, 560];
      // Noise does not compress: 2 MB a frame. Four pictures in a changing order, so that few need be made.
      const random = randomIntegers(4);
      const pictures = Array.from({ length: 4 }, () =>
        makeFrame(width, [{ rows: height, columns: width, height }], 256, () => random(256)),
      );
      const pngs = pictures.map(createPngEncoder());
      const pictureOf = (frame: number): number => (frame * 7 + Math.floor(frame / 5)) % 4;

      const file = openSync(path, 'wx');
      const avi = await openAvi(
        {
          write(chunks) {
            const byteLength = chunks.reduce((total, chunk) => total + chunk.byteLength, 0);
            expect(writevSync(file, chunks)).toBe(byteLength);
          },
          writeAt(position, bytes) {
            writeSync(file, bytes, 0, bytes.byteLength, position);
          },
        },
        { width, height, frameRate: { numerator: 25, denominator: 1 }, colour: 'indexed' },
      );
      for (let at = 0; at < count; at += 20) {
        await avi.addFrames(Array.from({ length: 20 }, (_, n) => pngs[pictureOf(at + n)]!));
      }
      await avi.close();
      closeSync(file);
      expect(statSync(path).size).toBeGreaterThan(2 ** 30 + 2 ** 24);

      const fields = 'stream=nb_frames,r_frame_rate';
      const probe = [
        '-v',
        'error',
        '-count_packets',
        '-show_entries',
        `${fields},nb_read_packets`,
        '-of',
        'csv=p=0',
        path,
      ];
      expect(execFileSync('ffprobe', probe, { encoding: 'utf8' }).trim()).toBe(`25/1,${count},${count}`);
      for (const frame of [0, 3, 300, 531, 540, 559]) {
        const args = ['-v', 'error', '-ss', (frame / 25).toFixed(3), '-i', path, '-frames:v', '1'];
        const output = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
        const decoded = execFileSync('ffmpeg', [...args, ...output], { maxBuffer: 2 ** 26 });
        expect(decoded.equals(expandFrame(pictures[pictureOf(frame)]!))).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
