/** Featurescope for Node: everything of index.ts, with files, threads and the native runtime. */
export * from './index.js';
export type { Needs } from './model/needed-parameters.js';
export { decodeImage } from './node/decode-image.js';
export type { FramePool } from './node/frame-pool.js';
export { type CaptureFileOptions, capture, type RenderFileOptions, render } from './node/library.js';
export { type DownloadProgress, type OpenModelOptions, openModel } from './node/open-model.js';
export { type OpenRuntimeOptions, openRuntime } from './node/open-runtime.js';
export { openRenderer, type Renderer } from './node/renderer.js';
export { type FinishedRun, RENDERER_DEFAULTS, type RendererOptions, type RunHooks } from './node/renderer-options.js';
export { openWasmRuntime } from './node/wasm-runtime.js';
