/** A decoded picture: upright, 8 bits a channel, no alpha, no padding between rows. */
export interface Pixels {
  /** In pixels, at least 1. */
  readonly width: number;
  /** In pixels, at least 1. */
  readonly height: number;
  /** RGB values [height, width, 3]. */
  readonly data: Uint8Array;
}
