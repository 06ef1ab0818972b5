/**
 * A map's values at the resolution of a frame: area averages where it has more cells than pixels, bilinear on request.
 */
import { blend, coverage } from './axis.js';

/** Values [height, width], row-major. */
export interface Grid {
  readonly values: Float32Array | Float64Array;
  readonly height: number;
  readonly width: number;
}

/**
 * Averages the grid down to at most [rows, columns] by the exact area that each pixel covers, axis by axis, in
 * float64. An axis with no more cells than pixels stays as it is. A pixel that touches a NaN is NaN; infinities follow
 * arithmetic.
 */
export function reduce(grid: Grid, rows: number, columns: number): Grid {
  const narrow = grid.width > columns ? reduceColumns(grid, columns) : grid;
  return narrow.height > rows ? reduceRows(narrow, rows) : narrow;
}

function reduceColumns({ values, height, width }: Grid, columns: number): Grid {
  const { first, count, weights, stride } = coverage(width, columns);
  const reduced = new Float64Array(height * columns);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns; x++) {
      const cell = y * width + first[x]!;
      const cells = count[x]!;
      let sum = 0;
      for (let k = 0; k < cells; k++) sum += values[cell + k]! * weights[x * stride + k]!;
      reduced[y * columns + x] = sum / width;
    }
  }
  return { values: reduced, height, width: columns };
}

function reduceRows({ values, height, width }: Grid, rows: number): Grid {
  const { first, count, weights, stride } = coverage(height, rows);
  const reduced = new Float64Array(rows * width);
  for (let y = 0; y < rows; y++) {
    const target = y * width;
    for (let k = 0; k < count[y]!; k++) {
      const source = (first[y]! + k) * width;
      const weight = weights[y * stride + k]!;
      for (let x = 0; x < width; x++) reduced[target + x]! += values[source + x]! * weight;
    }
    for (let x = 0; x < width; x++) reduced[target + x]! /= height;
  }
  return { values: reduced, height: rows, width };
}

/**
 * Bilinear enlargement to [rows, columns], row by row in one buffer, as torch's interpolate(mode='bilinear',
 * align_corners=False) in float64, except that a cell with weight 0 has no say: NaN spreads only to the pixels that
 * blend it. Needs no more cells than pixels on either axis.
 */
export function enlargeSmoothly(
  { values, height, width }: Grid,
  rows: number,
  columns: number,
  useRow: (row: Float64Array, y: number) => void,
): void {
  const vertical = blend(height, rows);
  const { left, right, t } = blend(width, columns);
  const line = new Float64Array(width);
  const row = new Float64Array(columns);
  for (let y = 0; y < rows; y++) {
    const above = vertical.left[y]! * width;
    const below = vertical.right[y]! * width;
    const part = vertical.t[y]!;
    for (let x = 0; x < width; x++) line[x] = mix(values[above + x]!, values[below + x]!, part);
    for (let x = 0; x < columns; x++) row[x] = mix(line[left[x]!]!, line[right[x]!]!, t[x]!);
    useRow(row, y);
  }
}

/** Equal values, infinite ones too, stay exactly what they are: a constant map is constant when enlarged. */
function mix(a: number, b: number, t: number): number {
  return a === b ? a : (1 - t) * a + t * b;
}
