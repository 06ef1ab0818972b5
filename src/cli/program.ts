/** The commands and their help. What each does is loaded when it is run, so that help and errors come at once. */
import { Command, Option } from 'commander';
import { VERSION } from '../node/version.js';
import { RENDER_EXAMPLES, renderOptions } from './render-options.js';
import type { Terminal } from './terminal.js';
import { parseSize } from './values.js';

export function createProgram(terminal: Terminal, signal: AbortSignal): Command {
  const program = new Command('featurescope')
    .description('See what every filter of a convolutional network sees.')
    .version(VERSION)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      getOutHelpWidth: () => terminal.stdout.columns ?? 100,
      getErrHelpWidth: () => terminal.stderr.columns ?? 100,
    })
    .showHelpAfterError('(see featurescope --help, or featurescope COMMAND --help)')
    .exitOverride();

  const render = program
    .command('render')
    .summary('every feature map of an image as pictures, a video and a manifest')
    .description('Runs an image through a network and saves every feature map as a picture.')
    .argument(
      '<image...>',
      'JPEG, PNG, WebP, AVIF, GIF (first frame) or TIFF files, or folders of them; one run folder each',
    )
    .addHelpText('after', RENDER_EXAMPLES)
    .action(async (images: string[], _options, command: Command) => {
      const { renderCommand } = await import('./render-command.js');
      await renderCommand(images, command, terminal, signal);
    });
  for (const option of renderOptions()) render.addOption(option);

  program
    .command('layers')
    .summary('the convolutions of a network')
    .description('Lists the convolutions of a network: path, shape, filters, kernel, stride, receptive field.')
    .argument('<model>', 'alexnet or resnet18')
    .addOption(
      new Option('--img-size <size>', 'size of the input: WxH, or one number for a square')
        .default(600)
        .argParser(parseSize),
    )
    .option('--json', 'the list as JSON', false)
    .action(async (model: string, options) => {
      const { layersCommand } = await import('./layers-command.js');
      layersCommand(model, options, terminal);
    });

  program
    .command('colormaps')
    .summary('a picture of all colormaps')
    .description('Names every colormap, by category, and draws them all into one PNG.')
    .option('--out <file>', 'the picture', 'colormaps.png')
    .action(async (options) => {
      const { colormapsCommand } = await import('./colormaps-command.js');
      colormapsCommand(options, terminal);
    });

  return program;
}
