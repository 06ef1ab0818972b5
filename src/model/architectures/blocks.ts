/** The building blocks that torchvision's families share (torchvision.ops.misc), with its module paths. */
import type { Network, Value } from './network.js';

/** Methods of Network that take a path and a tensor, and nothing else. */
export type Activation = 'relu' | 'relu6' | 'silu' | 'hardSwish' | 'hardSigmoid' | 'sigmoid';

export interface ConvNormActivationOptions {
  readonly out: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly eps?: number;
  /** Default: none. */
  readonly activation?: Activation;
}

/** torchvision.ops.Conv2dNormActivation: `path.0` the convolution, padded to keep the size, `path.1` its batch norm, `path.2` the activation. */
export function convNormActivation(net: Network, path: string, input: Value, options: ConvNormActivationOptions) {
  const { out, kernel = 3, stride = 1, groups = 1, eps = 1e-5, activation } = options;
  let x = net.conv(`${path}.0`, input, { out, kernel, stride, groups, padding: (kernel - 1) / 2 });
  x = net.batchNorm(`${path}.1`, x, { eps });
  return activation ? net[activation](`${path}.2`, x) : x;
}

export interface SqueezeExcitationOptions {
  readonly squeeze: number;
  readonly activation: Activation;
  readonly gate: Activation;
}

/** torchvision.ops.SqueezeExcitation: every channel times a number in 0..1 that depends on the means of all. */
export function squeezeExcitation(net: Network, path: string, input: Value, options: SqueezeExcitationOptions) {
  const { squeeze, activation, gate } = options;
  let x = net.adaptiveAveragePool(`${path}.avgpool`, input, { size: 1 });
  x = net[activation](`${path}.activation`, net.conv(`${path}.fc1`, x, { out: squeeze, kernel: 1, bias: true }));
  x = net.conv(`${path}.fc2`, x, { out: input.channels, kernel: 1, bias: true });
  return net.product(path, input, net[gate](`${path}.scale_activation`, x));
}

/** Global average pooling and the flattening that follows it. */
export function globalAverage(net: Network, x: Value) {
  return net.flatten('flatten', net.adaptiveAveragePool('avgpool', x, { size: 1 }));
}

/** The multiple of `divisor` nearest to a channel count, never more than a tenth below it (MobileNet's rule). */
export function makeDivisible(channels: number, divisor = 8): number {
  const rounded = Math.max(divisor, Math.floor((channels + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * channels ? rounded + divisor : rounded;
}
