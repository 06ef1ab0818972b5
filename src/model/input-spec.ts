/** What a network expects of its image. */
export interface InputSpec {
  /** Name of the graph's input. */
  readonly name: string;
  readonly layout: 'NCHW' | 'NHWC';
  readonly dtype: 'float32' | 'float16' | 'uint8';
  readonly channels: number;
  /** In pixels; null where any size works. */
  readonly height: number | null;
  readonly width: number | null;
  readonly normalisation: Normalisation;
}

/** From 8-bit pixels to the values of the tensor: (pixel * scale - mean) / std per channel, each step in float32. */
export interface Normalisation {
  readonly order: 'rgb' | 'bgr';
  /** What a pixel of 255 becomes before mean and std: 1 or 255. */
  readonly white: 1 | 255;
  /** One a channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Where this is known from, for the person: `torchvision`, `metadata of the model`, `preprocessor_config.json`, `options`, `assumed`. */
  readonly origin: string;
}
