/** The options that say which network to open and what it expects; shared by every command that opens one. */
import { Option } from 'commander';
import { collectLayers, collectTypes, parseDivisors, parseNumbers, parsePixelRange, parseText } from './values.js';

/** What commander hands over for the table below. */
export interface ModelFlags {
  weights?: string;
  layers?: string[];
  type?: string[];
  mean?: readonly number[];
  std?: readonly number[];
  channels?: 'rgb' | 'bgr';
  inputRange?: 1 | 255;
  offline?: boolean;
}

export function modelOptions(): Option[] {
  return [
    new Option(
      '--weights <source>',
      '`imagenet` (the default; downloaded once), `embedded`, a name of `featurescope weights list`, an https:// URL, or a state dict: .pth, .pt, .safetensors',
    ).argParser(parseText),
    new Option('--layers <pattern>', 'layer paths or globs such as conv1 or layer1.*.conv2; repeatable').argParser(
      collectLayers,
    ),
    new Option(
      '--type <operators>',
      'outputs of these ONNX operators, such as Relu,MaxPool,Add, instead of convolutions; with --layers, those among them',
    ).argParser(collectTypes),
    new Option('--mean <list>', 'one number a channel, or one for all, subtracted from the scaled pixels').argParser(
      parseNumbers,
    ),
    new Option('--std <list>', 'one number a channel, or one for all, divides after that').argParser(parseDivisors),
    new Option('--channels <order>', 'order of the colour channels').choices(['rgb', 'bgr']),
    new Option('--input-range <range>', 'what pixels are scaled to before mean and std: 0..1 or 0..255').argParser(
      parsePixelRange,
    ),
    new Option('--offline', 'use no network: only weights that are already here'),
  ];
}
