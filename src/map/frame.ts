/**
 * A picture as a stack of bands. A band is a grid of palette indices whose columns and rows are drawn as
 * rectangles of pixels, so that storing and encoding a picture costs its cells and not its pixels.
 */
export interface Band {
  /** Width of every column in pixels, at least 1; they add up to the frame's width. */
  readonly columnWidths: Uint32Array;
  /** Height of every row in pixels, at least 1. */
  readonly rowHeights: Uint32Array;
  /** Palette indices [rows, columns]. Uint8Array where the palette has at most 256 colours, else Uint16Array. */
  readonly cells: Uint8Array | Uint16Array;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** RGB triplets. At most 256 colours make an indexed PNG, more make a true-colour one. */
  readonly palette: Uint8Array;
  /** Top to bottom; their heights add up to the frame's height. */
  readonly bands: readonly Band[];
}
