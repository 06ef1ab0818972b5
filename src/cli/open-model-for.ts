/** The network that the flags name, with what they say of its input. */
import type { Model } from '../model/model.js';
import { overrideNormalisation } from '../model/onnx/normalisation.js';
import { type OpenModelOptions, openModel } from '../node/open-model.js';
import { openDownloadProgress } from './download-progress.js';
import type { ModelFlags } from './model-options.js';
import type { Terminal } from './terminal.js';

export async function openModelFor(
  name: string,
  flags: ModelFlags,
  terminal: Terminal,
  needs: Pick<OpenModelOptions, 'needed' | 'signal'>,
): Promise<Model> {
  const progress = openDownloadProgress(terminal.stderr);
  try {
    const { weights, offline } = flags;
    return withNormalisation(await openModel(name, { weights, offline, onProgress: progress.update, ...needs }), flags);
  } finally {
    progress.close();
  }
}

function withNormalisation(model: Model, { mean, std, channels: order, inputRange: white }: ModelFlags): Model {
  const { input } = model;
  const normalisation = overrideNormalisation(input.normalisation, { order, white, mean, std }, input.channels);
  return { ...model, input: { ...input, normalisation } };
}
