/** A decoded picture: upright, 8 bits a channel, no alpha, no padding between rows. */
export interface Pixels {
  /** In pixels, at least 1. */
  readonly width: number;
  /** In pixels, at least 1. */
  readonly height: number;
  /** RGB values [height, width, 3]. */
  readonly data: Uint8Array;
}

/** RGBA values [height, width, 4], such as a canvas's ImageData, without their alpha: colours stay as they are stored. */
export function withoutAlpha(image: {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}): Pixels {
  const { width, height, data: rgba } = image;
  const data = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) data[3 * pixel + channel] = rgba[4 * pixel + channel]!;
  }
  return { width, height, data };
}
