/** `featurescope render`: options to a renderer, its progress and summary to the terminal. */
import type { Command } from 'commander';
import { FeaturescopeError } from '../errors.js';
import type { InputSize } from '../image/preprocess.js';
import { fixedRange } from '../map/range.js';
import { reachesEnd } from '../model/needed-parameters.js';
import { chooseLayers } from '../model/select-layers.js';
import { checkClassCount, imageNetNames, readClassNames } from '../node/class-names.js';
import { findImages } from '../node/find-images.js';
import { type FramePool, openFramePool } from '../node/frame-pool.js';
import { openRuntime } from '../node/open-runtime.js';
import { openRenderer } from '../node/renderer.js';
import type { RendererOptions } from '../node/renderer-options.js';
import type { Scale } from '../run/scale.js';
import { applyConfigFile } from './config-file.js';
import { openModelFor } from './open-model-for.js';
import { openProgress } from './progress.js';
import type { RenderFlags } from './render-options.js';
import { checkImages, settleFlags } from './settle-flags.js';
import { summarise } from './summary.js';
import type { Terminal } from './terminal.js';

export async function renderCommand(paths: string[], command: Command, terminal: Terminal, signal: AbortSignal) {
  const { config } = command.opts<RenderFlags>();
  if (config) applyConfigFile(command, config);
  const flags = settleFlags(command);
  const images = findImages(paths);
  checkImages(command, paths, images);
  // Its threads start while the network is opened, which needs one core only.
  const pool = openFramePool();
  try {
    await renderImages(images, flags, pool, terminal, signal);
  } finally {
    await pool.close();
  }
}

async function renderImages(
  images: readonly string[],
  flags: RenderFlags,
  pool: FramePool,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const classNames = flags.classes ? readClassNames(flags.classes) : null;
  const choice = { layers: flags.layers, types: flags.type };
  const model = await openModelFor(flags.model, flags, terminal, {
    needed: { ...choice, tap: flags.tap, classifier: flags.predictions },
    signal,
  });
  if (flags.classes && classNames) checkClassCount(flags.classes, classNames, model);
  const layers = chooseLayers(model.layers, choice);
  const runtime = await openRuntime({
    device: flags.device,
    onNotice: (text) => terminal.stderr.write(`featurescope: ${text}\n`),
  });
  const options = {
    ...rendererOptions(flags, terminal),
    layers,
    classify: flags.predictions && reachesEnd(model.layers, layers),
    classNames: classNames ?? (await imageNetNames(model)),
  };
  const renderer = openRenderer(model, runtime, options, pool);
  const failures: FeaturescopeError[] = [];
  try {
    for (const image of images) {
      const progress = openProgress(flags.quiet ? null : terminal.stderr, image);
      try {
        const run = await renderer.render(image, { onProgress: progress.update, signal });
        progress.close();
        if (flags.json) terminal.stdout.write(`${JSON.stringify(run.manifest)}\n`);
        else if (!flags.quiet) terminal.stdout.write(summarise(run));
      } catch (error) {
        progress.close();
        // One bad image of several does not stop the others; it still decides the exit code.
        if (!(error instanceof FeaturescopeError && error.kind === 'input' && images.length > 1)) throw error;
        failures.push(error);
        terminal.stderr.write(`featurescope: ${error.message}\n`);
      }
    }
  } finally {
    await renderer.close();
  }
  if (failures.length > 0) {
    throw Object.assign(failures[0]!, {
      message: `${failures.length} of ${images.length} images could not be rendered`,
    });
  }
}

function rendererOptions(
  flags: RenderFlags,
  { argv }: Terminal,
): Omit<RendererOptions, 'layers' | 'classify' | 'classNames'> {
  return {
    size: inputSize(flags),
    tap: flags.tap,
    scale: scaleOf(flags),
    frameSize: flags.frameSize,
    style: { colormap: flags.cmap, smooth: flags.smooth === true, legend: flags.legend === true },
    images: flags.images,
    video: flags.video ? { file: flags.videoFilename, frameRate: flags.fps } : null,
    out: flags.out,
    command: ['featurescope', ...argv.slice(2)],
  };
}

function inputSize({ crop, imgSize }: RenderFlags): InputSize | null {
  if (crop) return { kind: 'crop', pixels: crop };
  if (!imgSize) return null;
  return typeof imgSize === 'number' ? { kind: 'longest', pixels: imgSize } : { kind: 'exact', ...imgSize };
}

function scaleOf({ scale, range, percentile, symmetric }: RenderFlags): Scale {
  if (!range) return { by: scale, range: null, percentile: percentile ?? null, symmetric: symmetric === true };
  return { by: 'fixed', range: fixedRange(...range), percentile: null, symmetric: false };
}
