import type { ImageSize, Model } from '../model/model.js';
import type { Session } from './runtime.js';

/** The shapes of a session's outputs for one image size: from the runtime's own inference, else from a run on an empty image. */
export async function tensorShapes(
  session: Session,
  { input }: Model,
  [height, width]: ImageSize,
): Promise<Map<string, readonly number[]>> {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, shape] of session.shapes) if (shape) shapes.set(name, shape);
  if (shapes.size === session.shapes.size) return shapes;
  const empty = new Float32Array(input.channels * height * width);
  const outputs = await session.run({ shape: [1, input.channels, height, width], data: empty });
  return new Map([...outputs].map(([name, { shape }]) => [name, shape]));
}
