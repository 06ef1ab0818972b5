/**
 * Where a convolution is tapped. `conv`: its own output, bias included. `bn`: after its batch norm (a layer norm, as ConvNeXt has, is none: there `bn` is the convolution). `act`: after the activation
 * that follows; for a residual block's last convolution and its shortcut that is after the addition.
 */
export const TAPS = ['conv', 'bn', 'act'] as const;
export type Tap = (typeof TAPS)[number];

/** A point of a network that can be tapped. */
export interface Layer {
  /** Module path as PyTorch prints it, such as `layer1.0.conv1`; unique within the network. */
  readonly path: string;
  /** ONNX operator: `Conv`, `Relu`, `MaxPool`, ... */
  readonly op: string;
  /** Channels of the output; null where only a run can tell. */
  readonly filters: number | null;
  /** Per spatial axis, [y, x] in two dimensions; empty for an operator without a window. */
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /** Elements of its kernels, without biases; null for an operator without weights. */
  readonly weightCount: number | null;
  /**
   * The tensor at each tap. Without a batch norm `bn` is the convolution's output; without an activation `act` is `bn`. An operator that is no
   * convolution has its output at all three.
   */
  readonly tensors: Readonly<Record<Tap, string>>;
}
