/** What a person reads when a run is done: where it is, what is in it, and what to know about it. */
import { legendHeight } from '../map/legend.js';
import type { FinishedRun } from '../node/renderer-options.js';
import type { Prediction } from '../run/predictions.js';
import type { Manifest } from '../write/manifest.js';

export function summarise({ folder, manifest }: FinishedRun): string {
  const { image, model, layers, frames, video, options, input, timings } = manifest;
  const [, , height, width] = input.shape;
  const pictures = frames[0]?.file ? ` as ${pictureSize(options)} PNG` : '';
  const lines = [
    folder,
    `  ${count(frames.length, 'feature map')} of ${count(layers.length, 'layer')} (${model.name}, tap ${options.tap})${pictures}`,
    `  image    ${image.path}, seen by the network as ${width}x${height}`,
    `  values   ${describeValues(input.normalisation)}`,
    `  weights  ${model.weights.path}${model.weights.note ? `\n           ${model.weights.note}` : ''}`,
  ];
  if (video) lines.push(`  video    ${video.file}, ${duration(video)}, lossless, ${megabytes(video.byteLength)}`);
  if (manifest.predictions)
    lines.push(`  it saw   ${manifest.predictions.slice(0, 5).map(describe).join('\n           ')}`);
  for (const note of manifest.model.notes) lines.push(`  network  ${note}`);
  const flagged = flags(manifest);
  if (flagged) lines.push(`  note     ${flagged}`);
  lines.push(`  took     ${(timings.total! / 1000).toFixed(2)} s`);
  return `${lines.join('\n')}\n`;
}

/** With the legend below the map. */
function pictureSize({ frameWidth, frameHeight, legend }: Manifest['options']): string {
  return `${frameWidth}x${frameHeight + (legend ? legendHeight(frameWidth) : 0)}`;
}

/** How pixels became values, and who says so. */
function describeValues(normalisation: Manifest['input']['normalisation']): string {
  if (!normalisation) return 'taken from the file as they are';
  const { origin, order, white, mean, std } = normalisation;
  const list = (numbers: readonly number[]) => numbers.join(',');
  return `${order} 0..${white}, mean ${list(mean)}, std ${list(std)} (${origin})`;
}

/** `87.1 %  Egyptian cat`. */
function describe({ probability, name, class: index }: Prediction): string {
  return `${(probability * 100).toFixed(1).padStart(5)} %  ${name ?? `class ${index}`}`;
}

const MEANING: Readonly<Record<string, string>> = {
  dead: 'all zero',
  constant: 'constant',
  nan: 'with NaN',
  infinite: 'with infinite values',
};

function flags({ frames }: Manifest): string {
  const phrases = Object.entries(MEANING).map(([flag, meaning]) => {
    const found = frames.filter((frame) => frame.flags.includes(flag)).length;
    return found > 0 ? `${count(found, 'map')} ${meaning}` : '';
  });
  return phrases.filter(Boolean).join(', ');
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

function duration({ frames, frameRate: { numerator, denominator } }: NonNullable<Manifest['video']>): string {
  const rate = numerator / denominator;
  const seconds = Math.round(frames / rate);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return `${clock} at ${Number(rate.toFixed(3))} frames/s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
