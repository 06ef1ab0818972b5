/** Renders image files into run folders, with one model, one runtime and one set of threads for all of them. */
import { InputError } from '../errors.js';
import type { ImageSize, Model } from '../model/model.js';
import { type Capture, openCapture } from '../run/capture.js';
import type { Runtime } from '../run/runtime.js';
import { hashOfFile } from '../weights/hash-file.js';
import { checkRendererOptions } from './check-renderer-options.js';
import { type FramePool, openFramePool } from './frame-pool.js';
import { renderFile } from './render-file.js';
import type { FinishedRun, RendererOptions, RunHooks } from './renderer-options.js';

export interface Renderer {
  /** One image at a time. Throws an InputError, ModelError or OutputError, or the signal's reason; then nothing of the run is left. */
  render(imagePath: string, hooks?: RunHooks): Promise<FinishedRun>;
  close(): Promise<void>;
}

/**
 * `openPool` may have been opened earlier, so that its threads start while the network is opened; the renderer closes it. Throws a UsageError for options that make
 * no sense.
 */
export function openRenderer(model: Model, runtime: Runtime, options: RendererOptions, openPool?: FramePool): Renderer {
  checkRendererOptions(options);
  const pool = openPool ?? openFramePool();
  const { source, external } = model.weights;
  const closing = new AbortController();
  const hashes = Promise.all(
    [source, ...external].map(({ path }) => hashOfFile(path!, closing.signal).then((hash) => hash.digest('hex'))),
  );
  hashes.catch(() => {});
  let open: { readonly size: string; readonly capture: Capture } | undefined;

  /** Images of one size share a capture, and so a session. */
  const captureFor = async (size: ImageSize): Promise<Capture> => {
    if (open?.size !== size.join()) {
      await open?.capture.close();
      open = undefined;
      open = { size: size.join(), capture: await openCapture(model, runtime, size, options) };
    }
    return open.capture;
  };

  return {
    render: (imagePath, hooks = {}) =>
      renderFile(imagePath, { model, runtime, options, pool, hashes, captureFor }, hooks).catch((error) => {
        // Where only pixels were known, as for a size that the network cannot take, the file has no name yet.
        if (!(error instanceof InputError) || error.message.startsWith(imagePath)) throw error;
        throw new InputError(`${imagePath}: ${error.message}`, { cause: error });
      }),
    close: async () => {
      closing.abort();
      await Promise.all([open?.capture.close(), pool.close(), hashes.catch(() => {})]);
    },
  };
}
