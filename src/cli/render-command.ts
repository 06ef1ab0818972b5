/** `featurescope render`: options to a renderer, its progress and summary to the terminal. */
import { isAbsolute } from 'node:path';
import type { Command } from 'commander';
import { FeaturescopeError, UsageError } from '../errors.js';
import type { InputSize } from '../image/preprocess.js';
import { readColormap } from '../map/colormap.js';
import { MAX_FRAME_SIDE } from '../map/frame-size.js';
import { fixedRange } from '../map/range.js';
import { ARCHITECTURES } from '../model/architectures/architectures.js';
import type { Tap } from '../model/layer.js';
import { reachesEnd } from '../model/needed-parameters.js';
import { chooseLayers } from '../model/select-layers.js';
import { imageNetNames, readClassNames } from '../node/class-names.js';
import { findImages } from '../node/find-images.js';
import { type FramePool, openFramePool } from '../node/frame-pool.js';
import { checkArchitecture } from '../node/open-model.js';
import { openRuntime } from '../node/open-runtime.js';
import { openRenderer } from '../node/renderer.js';
import type { RendererOptions } from '../node/renderer-options.js';
import type { Device } from '../run/devices.js';
import type { Scale } from '../run/scale.js';
import type { FrameRate } from '../write/avi.js';
import { applyConfigFile } from './config-file.js';
import type { ModelFlags } from './model-options.js';
import { openModelFor } from './open-model-for.js';
import { openProgress } from './progress.js';
import { EXCLUSIVE } from './render-options.js';
import { summarise } from './summary.js';
import type { Terminal } from './terminal.js';
import type { Size } from './values.js';

/** What commander hands over for the table in render-options.ts. */
interface RenderFlags extends ModelFlags {
  model: string;
  imgSize?: Size | number;
  crop?: number;
  preset?: 'seed';
  tap: Tap;
  scale: 'filter' | 'layer' | 'model';
  range?: readonly [number, number];
  percentile?: readonly [number, number];
  symmetric?: boolean;
  cmap: string;
  frameSize: Size | number;
  smooth?: boolean;
  legend?: boolean;
  video?: boolean;
  videoFilename: string;
  fps: FrameRate;
  predictions: boolean;
  classes?: string;
  device: Device;
  images: boolean;
  out: string;
  config?: string;
  quiet?: boolean;
  json?: boolean;
}

export async function renderCommand(paths: string[], command: Command, terminal: Terminal, signal: AbortSignal) {
  const { config } = command.opts<RenderFlags>();
  if (config) applyConfigFile(command, config);
  settleExclusive(command);
  applyPreset(command);
  const flags = command.opts<RenderFlags>();
  checkTogether(flags, paths);
  const images = findImages(paths);
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

/** Of two options that answer the same question a flag silences the config file's; two from one place are an error. */
function settleExclusive(command: Command): void {
  const isGiven = (name: string) => ['cli', 'config'].includes(command.getOptionValueSource(name) ?? '');
  for (const pair of EXCLUSIVE) {
    if (!pair.every(isGiven)) continue;
    const [first, second] = pair.map((name) => command.options.find((option) => option.attributeName() === name)!);
    const fromConfig = pair.filter((name) => command.getOptionValueSource(name) === 'config');
    if (fromConfig.length !== 1)
      throw new UsageError(`${first!.long} and ${second!.long} exclude each other; give one of them`);
    const silenced = command.options.find((option) => option.attributeName() === fromConfig[0])!;
    command.setOptionValueWithSource(silenced.attributeName(), silenced.defaultValue, 'default');
  }
}

/** The seed's layers, tap and sizes, where neither a flag nor the config file says otherwise. */
function applyPreset(command: Command): void {
  const { preset, model } = command.opts<RenderFlags>();
  if (!preset) return;
  checkArchitecture(model);
  const { seed } = ARCHITECTURES[model];
  if (!seed) throw new UsageError(`--preset seed: that tool had alexnet and resnet18 only, not ${model}`);
  const values = {
    ...seed,
    imgSize: { width: 600, height: 600 },
    frameSize: { width: 400, height: 400 },
  };
  for (const [name, value] of Object.entries(values)) {
    const source = command.getOptionValueSource(name);
    if (source === undefined || source === 'default') command.setOptionValueWithSource(name, value, 'preset');
  }
}

/** What one option alone cannot tell. */
function checkTogether(flags: RenderFlags, paths: readonly string[]): void {
  readColormap(flags.cmap);
  const sides =
    typeof flags.frameSize === 'number' ? [flags.frameSize] : [flags.frameSize.width, flags.frameSize.height];
  if (Math.max(...sides) > MAX_FRAME_SIDE) {
    throw new UsageError(
      `--frame-size: a side of ${Math.max(...sides)} pixels; at most ${MAX_FRAME_SIDE} are possible`,
    );
  }
  if (!flags.images && !flags.video)
    throw new UsageError('--no-images without --video leaves nothing to make; add --video');
  if (flags.video && isAbsolute(flags.videoFilename) && paths.length > 1) {
    throw new UsageError('--video-filename: one absolute file for several images; use a name without a folder');
  }
  if (/[\\/]/.test(flags.videoFilename) && !isAbsolute(flags.videoFilename)) {
    throw new UsageError(`--video-filename ${flags.videoFilename}: expected a file name, or an absolute path`);
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
