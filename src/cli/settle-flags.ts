/** What one option of `render` alone cannot tell: which of two counts, what a preset adds, and what does not go together. */
import { extname, isAbsolute } from 'node:path';
import type { Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import { readColormap } from '../map/colormap.js';
import { MAX_FRAME_SIDE } from '../map/frame-size.js';
import { ARCHITECTURES } from '../model/architectures/architectures.js';
import { checkVideoFile } from '../node/check-video-file.js';
import { checkArchitecture, isFile } from '../node/open-model.js';
import { EXCLUSIVE, type RenderFlags } from './render-options.js';

/** The flags that count. Throws a UsageError before any file was looked at. */
export function settleFlags(command: Command): RenderFlags {
  settleExclusive(command);
  applyPreset(command);
  const flags = command.opts<RenderFlags>();
  checkFrames(flags);
  checkVideo(command, flags);
  return flags;
}

/** What does not go with the images, which the arguments `paths` name or hold. Throws a UsageError. */
export function checkImages(command: Command, paths: readonly string[], images: readonly string[]): void {
  const { video, videoFilename } = command.opts<RenderFlags>();
  if (video && isAbsolute(videoFilename) && images.length > 1) {
    throw new UsageError('--video-filename: one absolute file for several images; use a name without a folder');
  }
  // In a folder of pictures and tensors the option is meant for the pictures.
  const tensor = paths.find(isTensor) ?? (images.every(isTensor) ? images[0] : undefined);
  const given = FOR_PICTURES.find((name) => isGiven(command, name));
  if (tensor === undefined || given === undefined) return;
  throw new UsageError(
    `${optionOf(command, given).long}: ${tensor} holds the tensor itself, which is taken as it is; leave the option out`,
  );
}

/** What says how a picture becomes a tensor. */
const FOR_PICTURES = ['imgSize', 'crop', 'mean', 'std', 'channels', 'inputRange'];

function isTensor(path: string): boolean {
  return extname(path).toLowerCase() === '.npy';
}

/** Of two options that answer the same question a flag silences the config file's; two from one place are an error. */
function settleExclusive(command: Command): void {
  for (const pair of EXCLUSIVE) {
    if (!pair.every((name) => isGiven(command, name))) continue;
    const [first, second] = pair.map((name) => optionOf(command, name));
    const fromConfig = pair.filter((name) => command.getOptionValueSource(name) === 'config');
    if (fromConfig.length !== 1)
      throw new UsageError(`${first!.long} and ${second!.long} exclude each other; give one of them`);
    const silenced = optionOf(command, fromConfig[0]!);
    command.setOptionValueWithSource(silenced.attributeName(), silenced.defaultValue, 'default');
  }
}

/** The seed's layers, tap and sizes, where neither a flag nor the config file says otherwise. */
function applyPreset(command: Command): void {
  const { preset, model, type } = command.opts<RenderFlags>();
  if (!preset) return;
  if (isFile(model)) throw new UsageError(`--preset seed: it is for alexnet and resnet18, not for a file (${model})`);
  checkArchitecture(model);
  const { seed } = ARCHITECTURES[model];
  if (!seed) throw new UsageError(`--preset seed: that tool had alexnet and resnet18 only, not ${model}`);
  const values = {
    // Its layers are convolutions: a wish for other operators is one for other layers.
    ...(type ? { tap: seed.tap } : seed),
    imgSize: { width: 600, height: 600 },
    frameSize: { width: 400, height: 400 },
  };
  for (const [name, value] of Object.entries(values)) {
    const source = command.getOptionValueSource(name);
    if (source === undefined || source === 'default') command.setOptionValueWithSource(name, value, 'preset');
  }
}

function checkFrames({ cmap, frameSize }: RenderFlags): void {
  readColormap(cmap);
  const side = typeof frameSize === 'number' ? frameSize : Math.max(frameSize.width, frameSize.height);
  if (side > MAX_FRAME_SIDE) {
    throw new UsageError(`--frame-size: a side of ${side} pixels; at most ${MAX_FRAME_SIDE} are possible`);
  }
}

function checkVideo(command: Command, { images, video, videoFilename }: RenderFlags): void {
  if (!images && !video) throw new UsageError('--no-images without --video leaves nothing to make; add --video');
  // A config file may keep them for runs that have a video.
  for (const name of ['videoFilename', 'fps']) {
    if (!video && command.getOptionValueSource(name) === 'cli') {
      throw new UsageError(`${optionOf(command, name).long} without --video has no effect; add --video`);
    }
  }
  checkVideoFile(videoFilename, '--video-filename');
}

/** By a flag or the config file, as opposed to a default or preset. */
function isGiven(command: Command, name: string): boolean {
  return ['cli', 'config'].includes(command.getOptionValueSource(name) ?? '');
}

function optionOf(command: Command, name: string): Option {
  return command.options.find((option) => option.attributeName() === name)!;
}
