/**
 * The whole flow: an image through a network, every map of the chosen layers to a frame, in order. Where frames go, and which threads draw
 * them, is the caller's.
 */
import type { Range } from './map/range.js';
import type { Activation, Capture } from './run/capture.js';
import { openScale, type Scale } from './run/scale.js';
import type { Tensor } from './tensor/tensor.js';
import type { DrawJob, DrawnMap, FrameStyle } from './write/draw-frames.js';
import { inOrder } from './write/in-order.js';

export interface RenderOptions {
  readonly scale: Scale;
  readonly style: FrameStyle;
}

/** What a render needs from its surroundings. */
export interface RenderHost {
  /** How many draws to have under way at once. */
  readonly capacity: number;
  /** Draws the maps of one job, whose first frame of the run is `firstFrame`. */
  draw(job: DrawJob, firstFrame: number): Promise<DrawnMap[]>;
  /** Takes the frames of one job; called in frame order. */
  accept(maps: readonly DrawnMap[], job: DrawJob, firstFrame: number): Promise<void>;
  /** Throws to stop the render. */
  checkpoint(): void;
}

/** Maps of one job: small enough to share work evenly between threads, large enough that handing over costs little. */
const JOB_BYTES = 4 * 2 ** 20;
const JOB_MAPS = 64;

/** Returns how many frames were drawn. */
export async function renderMaps(
  image: Tensor,
  capture: Capture,
  options: RenderOptions,
  host: RenderHost,
): Promise<number> {
  const scale = await openScale(options.scale, capture, image);
  const queue = inOrder(host.capacity);
  let frames = 0;
  const iterable = scale.activations();
  const activations = Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
  // A loop's variable would hold the last activation while the network runs again for the next; a call that has ended does not.
  const drawNext = async (): Promise<boolean> => {
    const next = await activations.next();
    if (next.done) return false;
    for (const job of jobsOf(next.value, scale.rangeFor(next.value), options)) {
      host.checkpoint();
      const firstFrame = frames;
      frames += job.count;
      await queue.push(
        () => host.draw(job, firstFrame),
        (maps) => host.accept(maps, job, firstFrame),
      );
    }
    return true;
  };
  while (await drawNext());
  await queue.finish();
  return frames;
}

function* jobsOf(
  { layer, tap, tensor, shape }: Activation,
  range: Range | null,
  { scale, style }: RenderOptions,
): Generator<DrawJob> {
  const maps = shape.filters * shape.slices;
  const cells = shape.height * shape.width;
  const perJob = Math.max(1, Math.min(JOB_MAPS, Math.floor(JOB_BYTES / (4 * cells))));
  for (let firstMap = 0; firstMap < maps; firstMap += perJob) {
    const count = Math.min(perJob, maps - firstMap);
    // A copy, because a job's values move to the thread that draws them.
    const values = tensor.data.slice(firstMap * cells, (firstMap + count) * cells);
    yield { values, count, firstMap, shape, layer: layer.path, tap, range, ownRange: scale, style };
  }
}
