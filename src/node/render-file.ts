/** One image file to one run folder: pictures, video and manifest, complete or not at all. */
import { readColormap } from '../map/colormap.js';
import { frameSizeFor } from '../map/frame-size.js';
import { legendHeight } from '../map/legend.js';
import { type RenderHost, renderMaps } from '../render.js';
import type { Capture } from '../run/capture.js';
import { predictionsOf } from '../run/predictions.js';
import type { AviOptions, FrameRate } from '../write/avi.js';
import type { FrameStyle } from '../write/draw-frames.js';
import { formatManifest, frameRecord, type ManifestFrame } from '../write/manifest.js';
import { describeRun } from './describe-run.js';
import { networkInput } from './network-input.js';
import { readImage } from './read-image.js';
import type { FinishedRun, RunHooks, Workshop } from './renderer-options.js';
import { openRunFolder, writeRunFile } from './run-folder.js';
import { openRunVideo, type RunVideo } from './run-video.js';
import { checkedBefore, openStop } from './stop-run.js';
import { stopwatch } from './stopwatch.js';

export async function renderFile(imagePath: string, workshop: Workshop, hooks: RunHooks): Promise<FinishedRun> {
  const { model, options, pool } = workshop;
  const createdAt = new Date();
  const watch = stopwatch('image');
  const image = await readImage(imagePath);
  const input = networkInput(image, model.input, options.size);
  const [, , height = 0, width = 0] = input.tensor.shape;
  const capture = await workshop.captureFor([height, width]);
  const style = { ...options.style, ...frameSizeFor(options.frameSize, [width, height]) };
  const frameCount = capture.shapes.reduce((sum, { shape }) => sum + shape.filters * shape.slices, 0);
  const fileName = options.images ? frameNamer(frameCount) : null;

  hooks.signal?.throwIfAborted();
  const folder = openRunFolder(options.out, model.name, createdAt);
  const stop = openStop(pool, hooks.signal);
  const timed: Capture = {
    ...capture,
    activations: (tensor) => checkedBefore(capture.activations(tensor, watch.enter), stop.checkpoint),
  };
  let video: RunVideo | undefined;
  try {
    if (options.video)
      video = await openRunVideo(folder, options.video.file, aviOptions(style, options.video.frameRate));
    const frames: ManifestFrame[] = [];
    const host: RenderHost = {
      capacity: pool.capacity,
      draw: (job, firstFrame) => {
        stop.checkpoint();
        const fileNames = fileName && Array.from({ length: job.count }, (_, i) => fileName(firstFrame + i));
        return pool.draw(job, fileNames && { folder: folder.workPath, fileNames });
      },
      accept: async (maps, job, firstFrame) => {
        stop.checkpoint();
        await video?.addFrames(maps.map(({ png }) => png));
        for (const [i, map] of maps.entries()) {
          frames.push(frameRecord(fileName?.(firstFrame + i) ?? null, job, i, map));
        }
        hooks.onProgress?.(frames.length, frameCount);
      },
      checkpoint: stop.checkpoint,
    };
    await renderMaps(input.tensor, timed, { scale: options.scale, style }, host);
    if (video) watch.enter('video');
    const videoRecord = (await video?.finish(frames.length)) ?? null;
    const predictions = capture.answer && predictionsOf(capture.answer, model.classifier!, options.classNames);
    watch.enter('weights');
    const hashes = await Promise.race([workshop.hashes, stop.stopped]);
    const timings = watch.timings();
    const manifest = describeRun({
      workshop,
      image,
      input,
      capture,
      predictions,
      style,
      frames,
      video: videoRecord,
      createdAt,
      hashes,
      timings,
    });
    writeRunFile(folder, 'manifest.json', formatManifest(manifest));
    stop.checkpoint();
    video?.commit();
    folder.commit();
    return { folder: folder.path, manifest };
  } catch (error) {
    const reason = await stop.now(error);
    video?.discard();
    folder.discard();
    throw reason;
  } finally {
    stop.close();
  }
}

/** `frame_0000.png`, with as many digits as the last frame needs, at least four. */
function frameNamer(frameCount: number): (frame: number) => string {
  const digits = Math.max(4, String(frameCount - 1).length);
  return (frame) => `frame_${String(frame).padStart(digits, '0')}.png`;
}

function aviOptions(style: FrameStyle, frameRate: FrameRate): AviOptions {
  const height = style.frameHeight + (style.legend ? legendHeight(style.frameWidth) : 0);
  // More than 256 colours, as with a legend or twilight's 510, make true-colour frames.
  const isIndexed = !style.legend && readColormap(style.colormap).entries <= 256;
  return { width: style.frameWidth, height, frameRate, colour: isIndexed ? 'indexed' : 'rgb' };
}
