/** A run of feature maps of one layer to PNG files: the unit of work that threads share. */
import { type Colormap, readColormap } from '../map/colormap.js';
import { drawMap } from '../map/draw.js';
import type { LegendText } from '../map/legend.js';
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
  readonly png: Uint8Array<ArrayBuffer>;
}

/** A function that draws jobs one after the other and keeps its scratch memory between them. */
export function createFrameDrawer(): (job: DrawJob) => DrawnMap[] {
  const encode = createPngEncoder();
  let colormap: Colormap | undefined;
  return (job) => {
    const { shape, style } = job;
    const { height, width } = shape;
    if (colormap?.name !== style.colormap) colormap = readColormap(style.colormap);
    const options = { ...style, colormap };
    const cells = height * width;
    return Array.from({ length: job.count }, (_, i) => {
      const [start, end] = [i * cells, (i + 1) * cells];
      const statistics = summarise(job.values, start, end);
      const own = () =>
        job.ownRange.percentile
          ? percentileRange(job.values, start, end, ...job.ownRange.percentile)
          : rangeOf([statistics]);
      const range = job.range ?? (job.ownRange.symmetric ? symmetricRange(own()) : own());
      const legend = style.legend ? legendText(job, i, statistics) : undefined;
      const frame = drawMap(job.values, start, [height, width], { ...options, range, legend });
      return { statistics, range, png: encode(frame) };
    });
  };
}

function legendText({ firstMap, shape, layer, tap }: DrawJob, index: number, statistics: Statistics): LegendText {
  const { filters, slices, height, width } = shape;
  const map = firstMap + index;
  return {
    layer: slices > 1 ? `${layer} slice ${(map % slices) + 1}/${slices}` : layer,
    filter: Math.floor(map / slices),
    filterCount: filters,
    tap,
    shape: slices > 1 ? [filters, slices, height, width] : [filters, height, width],
    statistics,
  };
}
