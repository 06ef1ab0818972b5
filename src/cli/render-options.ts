/** The options of `featurescope render`: one table for flags, help and config file. */
import { Option } from 'commander';
import { TAPS, type Tap } from '../model/layer.js';
import { DEVICES, type Device } from '../run/devices.js';
import type { FrameRate } from '../write/avi.js';
import { type ModelFlags, modelOptions } from './model-options.js';
import {
  parseCount,
  parseFrameRate,
  parseInterval,
  parsePercentiles,
  parseSize,
  parseText,
  type Size,
} from './values.js';

/** What commander hands over for the table below. */
export interface RenderFlags extends ModelFlags {
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

export function renderOptions(): Option[] {
  return [
    new Option('--model <name>', 'an architecture of torchvision, or an .onnx file')
      .argParser(parseText)
      .default('resnet18'),
    ...modelOptions(),
    new Option(
      '--img-size <size>',
      'WxH squashes to it; N makes the longest side N (default: 600, or the one size that the network takes)',
    ).argParser(parseSize),
    new Option('--crop <n>', "torchvision's resize and centre crop to NxN instead").argParser(parseCount),
    new Option(
      '--preset <name>',
      '`seed`: the layers, tap, 600x600 input and 400x400 frames of the tool this one replaces',
    ).choices(['seed']),
    new Option('--tap <point>', "the convolution's own output, after its batch norm, or after the activation")
      .choices(TAPS)
      .default('conv'),
    new Option('--scale <by>', 'what shares a colour range').choices(['filter', 'layer', 'model']).default('filter'),
    new Option('--range <lo,hi>', 'a fixed colour range for all maps instead').argParser(parseInterval),
    new Option('--percentile <lo,hi>', 'the colour range spans these percentiles of the values').argParser(
      parsePercentiles,
    ),
    new Option('--symmetric', 'zero in the middle of the colormap'),
    new Option('--cmap <name>', 'a matplotlib colormap or its _r; `featurescope colormaps` shows them').default(
      'viridis',
    ),
    new Option('--frame-size <size>', 'longest side of a frame in pixels, or WxH').argParser(parseSize).default(400),
    new Option('--smooth', 'enlarge smoothly instead of showing cells'),
    new Option('--legend', 'a band with layer, filter, shape and a colourbar in real units'),
    new Option('--no-legend', 'pictures alone (the default)'),
    new Option('--video', 'also a lossless AVI of all frames'),
    new Option('--video-filename <file>', 'its name, in the run folder unless absolute').default('activations.avi'),
    new Option('--fps <rate>', 'frames per second: 24, 23.976 or 30000/1001')
      .argParser(parseFrameRate)
      .default({ numerator: 24, denominator: 1 }, '24'),
    new Option(
      '--no-predictions',
      "do not ask the network's classifier; downloads only the tensors that the layers need",
    ),
    new Option('--classes <file>', "names of the classifier's classes, one a line").argParser(parseText),
    new Option('--device <name>', 'where the network runs; only cpu is tested').choices(DEVICES).default('cpu'),
    new Option('--no-images', 'video and manifest only'),
    new Option('--out <folder>', 'root of <model>/<date_time>/').argParser(parseText).default('output'),
    new Option(
      '--config <file>',
      'these options as JSON, which flags override: {"img-size": "600x400", "images": false} stands for --img-size 600x400 --no-images',
    ).argParser(parseText),
    new Option('--quiet', 'print nothing but errors'),
    new Option('--json', 'print the manifest instead of a summary'),
  ];
}

/** Options that answer the same question, by attribute name. */
export const EXCLUSIVE = [
  ['crop', 'imgSize'],
  ['range', 'scale'],
  ['range', 'percentile'],
  ['range', 'symmetric'],
] as const;

export const RENDER_EXAMPLES = `
Examples:
  featurescope render photo.jpg
  featurescope render photo.jpg --model alexnet --weights alexnet-owt-7be5be79.pth --video
  featurescope render photo.jpg --layers conv1 --layers 'layer1.*' --tap act --cmap magma --legend
  featurescope render holiday/ --img-size 800x600 --scale layer --symmetric --cmap RdBu_r

Exit codes: 0 done, 1 a fault of this program, 2 usage, 3 image, 4 model or weights, 5 output,
            130 interrupted (Ctrl-C), 143 terminated (SIGTERM).
`;
