/** Featurescope for any platform: bring bytes, pixels and a runtime. `node.ts` adds files, threads and the native runtime. */
export { type ByteSource, memorySource } from './bytes/source.js';
export { type ErrorKind, FeaturescopeError, InputError, ModelError, OutputError, UsageError } from './errors.js';
export { type Pixels, withoutAlpha } from './image/pixels.js';
export {
  type InputImage,
  type InputSize,
  type PreprocessOptions,
  preprocess,
  type ResizeRecord,
} from './image/preprocess.js';
export { COLORMAP_NAMES, type Colormap, readColormap } from './map/colormap.js';
export { type DrawOptions, drawMap } from './map/draw.js';
export type { Band, Frame } from './map/frame.js';
export type { LegendText } from './map/legend.js';
export type { Range } from './map/range.js';
export { type Flag, type Statistics, summarise } from './map/statistics.js';
export { ARCHITECTURES, type Architecture, type ArchitectureName } from './model/architectures/architectures.js';
export { EMBEDDED_WEIGHTS, type EmbeddedWeights } from './model/embedded-weights.js';
export type { InputSpec, Normalisation } from './model/input-spec.js';
export { type Layer, TAPS, type Tap } from './model/layer.js';
export type { ImageSize, Model, Program, WeightsOrigin } from './model/model.js';
export type { NormalisationOverrides } from './model/onnx/normalisation.js';
export { type OpenArchitectureOptions, openArchitecture } from './model/open-architecture.js';
export { type OpenOnnxOptions, openOnnx } from './model/open-onnx.js';
export type { AxisField, ReceptiveField } from './model/receptive-field.js';
export { chooseLayers, type LayerChoice } from './model/select-layers.js';
export type { Shape } from './model/shapes.js';
export type { CheckedRange } from './model/state-dict.js';
export { type RenderHost, type RenderOptions, renderMaps } from './render.js';
export {
  type Activation,
  type Capture,
  type CaptureOptions,
  type CaptureStage,
  capture,
  openCapture,
} from './run/capture.js';
export type { MapShape } from './run/map-shape.js';
export { openWasmRuntime, type WasmRuntimeOptions } from './run/ort-web.js';
export { type Prediction, predictionsOf } from './run/predictions.js';
export type { Runtime, Session } from './run/runtime.js';
export type { Scale } from './run/scale.js';
export type { Tensor } from './tensor/tensor.js';
export { type AviOptions, type AviOutput, type AviWriter, type FrameRate, openAvi } from './write/avi.js';
export { createFrameDrawer, type DrawJob, type DrawnMap, type FrameStyle, type OwnRange } from './write/draw-frames.js';
export type { Manifest, ManifestFrame, ManifestLayer, ManifestVideo } from './write/manifest.js';
export { createPngEncoder, type PngEncoder } from './write/png.js';
