/** A run of feature maps of one layer to PNG files: the unit of work that threads share. */
import { readColormap } from '../map/colormap.js';
import { drawMap } from '../map/draw.js';
import { percentileRange } from '../map/percentile.js';
import { type Range, rangeOf, symmetricRange } from '../map/range.js';
import { type Statistics, summarise } from '../map/statistics.js';
import type { MapShape } from '../run/map-shape.js';
import { createPngEncoder } from './png.js';

/** How every frame of a run looks. */
export interface FrameStyle {
  /** In pixels, without the legend. */
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly colormap: string;
  /** Bilinear enlargement instead of nearest neighbour. */
  readonly smooth: boolean;
  readonly legend: boolean;
}

/** How a map's own range follows from its values. */
export interface OwnRange {
  /** The range spans these percentiles of the values and not all of them. */
  readonly percentile: readonly [lo: number, hi: number] | null;
  /** Widens the range so that zero is in the middle. */
  readonly symmetric: boolean;
}

export interface DrawJob {
  /** [count, height, width]. */
  readonly values: Float32Array;
  readonly count: number;
  /** Where the first map stands among its layer's `filters * slices`. */
  readonly firstMap: number;
  readonly shape: MapShape;
  readonly layer: string;
  readonly tap: string;
  /** Shared by all maps; null where each has its own, found from its values as `ownRange` says. */
  readonly range: Range | null;
  readonly ownRange: OwnRange;
  readonly style: FrameStyle;
}

export interface DrawnMap {
  readonly statistics: Statistics;
  /** What the ends of the colormap stand for. */
  readonly range: Range;
  readonly png: Uint8Array;
}

/** A function that draws jobs one after the other and keeps its scratch memory between them. */
export function createFrameDrawer(): (job: DrawJob) => DrawnMap[] {
  const encode = createPngEncoder();
  return (job) => {
    const { shape, style } = job;
    const { filters, slices, height, width } = shape;
    const colormap = readColormap(style.colormap);
    const cells = height * width;
    return Array.from({ length: job.count }, (_, i) => {
      const [start, end] = [i * cells, (i + 1) * cells];
      const statistics = summarise(job.values, start, end);
      const own = () =>
        job.ownRange.percentile
          ? percentileRange(job.values, start, end, ...job.ownRange.percentile)
          : rangeOf([statistics]);
      const range = job.range ?? (job.ownRange.symmetric ? symmetricRange(own()) : own());
      const map = job.firstMap + i;
      const legend = {
        layer: slices > 1 ? `${job.layer} slice ${(map % slices) + 1}/${slices}` : job.layer,
        filter: Math.floor(map / slices),
        filterCount: filters,
        tap: job.tap,
        shape: slices > 1 ? [filters, slices, height, width] : [filters, height, width],
        statistics,
      };
      const frame = drawMap(job.values, i * cells, [height, width], {
        ...style,
        range,
        colormap,
        legend: style.legend ? legend : undefined,
      });
      return { statistics, range, png: encode(frame) };
    });
  };
}
