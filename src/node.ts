/** Featurescope for Node: everything of index.ts, with files, threads and the native runtime. */
export * from './index.js';
export { decodeImage } from './node/decode-image.js';
export { type CaptureFileOptions, capture, type RenderFileOptions, render } from './node/library.js';
export { type OpenModelOptions, openModel } from './node/open-model.js';
export { openRuntime } from './node/open-runtime.js';
export { openRenderer, type Renderer } from './node/renderer.js';
export { type FinishedRun, RENDERER_DEFAULTS, type RendererOptions } from './node/renderer-options.js';
