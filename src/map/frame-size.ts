export interface FrameSize {
  readonly frameWidth: number;
  readonly frameHeight: number;
}

/** Largest side of a frame in pixels; a side of 16,384 already makes 4,800 frames of 268 megapixels each. */
export const MAX_FRAME_SIDE = 16_384;

/** Both sides as given, or the longest side with the aspect of a network input of width x height; no side is below 1. */
export function frameSizeFor(
  size: number | { readonly width: number; readonly height: number },
  [width, height]: readonly [number, number],
): FrameSize {
  if (typeof size !== 'number') return { frameWidth: size.width, frameHeight: size.height };
  const side = (own: number) => Math.max(1, Math.round((size * own) / Math.max(width, height)));
  return { frameWidth: side(width), frameHeight: side(height) };
}
