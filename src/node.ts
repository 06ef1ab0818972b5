/** Featurescope for Node: everything of index.ts, with files, threads and the native runtime. */
export * from './index.js';
export { decodeImage } from './node/decode-image.js';
export { type CaptureFileOptions, capture, type RenderFileOptions, render } from './node/library.js';
export { type OpenModelOptions, openModel } from './node/open-model.js';
export { openRuntime } from './node/open-runtime.js';
export {
  type FinishedRun,
  openRenderer,
  RENDERER_DEFAULTS,
  type Renderer,
  type RendererOptions,
} from './node/renderer.js';
