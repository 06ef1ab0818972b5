/** The commands and their help. What each does is loaded when it is run, so that help and errors come at once. */
import { Command, Option } from 'commander';
import { VERSION } from '../node/version.js';
import { RENDER_EXAMPLES, renderOptions } from './render-options.js';
import type { Terminal } from './terminal.js';
import { collectTypes, parseSize } from './values.js';

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
    .summary('the layers of a network')
    .description('Lists the convolutions of a network: path, shape, filters, kernel, stride, receptive field, cost.')
    .argument('<model>', 'an architecture of torchvision, or an .onnx file')
    .addOption(
      new Option('--img-size <size>', 'size of the input: WxH, or one number for a square').argParser(parseSize),
    )
    .addOption(
      new Option('--type <operators>', 'outputs of these ONNX operators, such as Relu,MaxPool,Add').argParser(
        collectTypes,
      ),
    )
    .option('--json', 'the list as JSON', false)
    .action(async (model: string, options) => {
      const { layersCommand } = await import('./layers-command.js');
      await layersCommand(model, options, terminal);
    });

  program
    .command('colormaps')
    .summary('a picture of all colormaps')
    .description('Names every colormap, by category, and draws them all into one PNG.')
    .option('--out <file>', 'the picture (default: colormaps.png, or the next free name such as colormaps_2.png)')
    .action(async (options) => {
      const { colormapsCommand } = await import('./colormaps-command.js');
      colormapsCommand(options, terminal);
    });

  const weights = program
    .command('weights')
    .summary('ImageNet weights by name: what there is, and what is here')
    .description(
      'Lists, fetches, checks and removes weights. NAME is an architecture (its `imagenet`), a full name of the list, or an https URL.',
    );
  const weightsAction =
    <T extends unknown[]>(run: (commands: typeof import('./weights-command.js'), ...args: T) => Promise<void>) =>
    async (...args: T) =>
      run(await import('./weights-command.js'), ...args);
  weights
    .command('list')
    .summary('the weights that are known by name')
    .option('--json', 'the list as JSON', false)
    .action(weightsAction((commands, { json }: { json: boolean }) => commands.listWeights(json, terminal)));
  weights
    .command('pull')
    .summary('fetch weights, so that later runs need no network')
    .argument('<name...>')
    .action(weightsAction((commands, names: string[]) => commands.pullNamed(names, terminal, signal)));
  weights
    .command('path')
    .summary('where fetched weights are')
    .argument('<name>')
    .action(weightsAction((commands, name: string) => commands.printPath(name, terminal)));
  weights
    .command('verify')
    .summary('compare every file in the cache with its SHA-256')
    .action(weightsAction((commands) => commands.verifyCache(terminal)));
  weights
    .command('remove')
    .summary("remove weights from the cache; torch's own stay")
    .argument('<name...>')
    .action(weightsAction((commands, names: string[]) => commands.removeNamed(names, terminal)));

  return program;
}
