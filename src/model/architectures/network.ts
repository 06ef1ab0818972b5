/**
 * The layer language that architectures are written in. Each call adds one operation under its PyTorch module path, with
 * PyTorch's argument names and defaults, and records the parameters that PyTorch's module of that kind owns.
 */
import type { RawTensor } from '../../tensor/tensor.js';
import type { Attribute, Graph, GraphNode } from '../graph.js';

/** A tensor inside the network under construction. */
export interface Value {
  readonly name: string;
  readonly channels: number;
}

/** One number for both axes, or [y, x]. */
type PerAxis = number | readonly [number, number];

export interface ConvOptions {
  readonly out: number;
  readonly kernel: PerAxis;
  readonly stride?: number;
  readonly padding?: PerAxis;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

export interface PoolOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  /** Whether a window that begins inside may end outside. */
  readonly ceilMode?: boolean;
}

const int = (value: number): Attribute => ({ type: 'int', value });
const ints = (...value: number[]): Attribute => ({ type: 'ints', value });
const float = (value: number): Attribute => ({ type: 'float', value });

export class Network {
  readonly input: Value = { name: 'input', channels: 3 };
  private readonly nodes: GraphNode[] = [];
  private readonly parameters = new Map<string, readonly number[]>();
  private readonly constants = new Map<string, RawTensor>();
  private readonly names = new Set<string>(['input']);

  /** torch.nn.Conv2d. */
  conv(path: string, x: Value, options: ConvOptions): Value {
    const { out, kernel, stride = 1, padding = 0, dilation = 1, groups = 1, bias = false } = options;
    const [height, width] = perAxis(kernel);
    const [padY, padX] = perAxis(padding);
    const inputs = [x.name, this.parameter(`${path}.weight`, [out, x.channels / groups, height, width])];
    if (bias) inputs.push(this.parameter(`${path}.bias`, [out]));
    return this.add(path, 'Conv', inputs, out, {
      kernel_shape: ints(height, width),
      strides: ints(stride, stride),
      pads: ints(padY, padX, padY, padX),
      dilations: ints(dilation, dilation),
      group: int(groups),
    });
  }

  /** torch.nn.BatchNorm2d in evaluation mode. */
  batchNorm(path: string, x: Value, { eps = 1e-5 } = {}): Value {
    const inputs = ['weight', 'bias', 'running_mean', 'running_var'].map((key) =>
      this.parameter(`${path}.${key}`, [x.channels]),
    );
    return this.add(path, 'BatchNormalization', [x.name, ...inputs], x.channels, { epsilon: float(eps) });
  }

  relu(path: string, x: Value): Value {
    return this.add(path, 'Relu', [x.name], x.channels);
  }

  /** torch.nn.ReLU6. */
  relu6(path: string, x: Value): Value {
    const bounds = [this.constant('zero', [0]), this.constant('six', [6])];
    return this.add(path, 'Clip', [x.name, ...bounds], x.channels);
  }

  sigmoid(path: string, x: Value): Value {
    return this.add(path, 'Sigmoid', [x.name], x.channels);
  }

  /** torch.nn.SiLU: x * sigmoid(x). */
  silu(path: string, x: Value): Value {
    return this.product(path, x, this.sigmoid(`${path}.sigmoid`, x));
  }

  /** torch.nn.Hardsigmoid: relu6(x + 3) / 6. */
  hardSigmoid(path: string, x: Value): Value {
    return this.add(path, 'HardSigmoid', [x.name], x.channels, { alpha: float(1 / 6), beta: float(0.5) });
  }

  /** torch.nn.Hardswish: x * relu6(x + 3) / 6. */
  hardSwish(path: string, x: Value): Value {
    return this.add(path, 'HardSwish', [x.name], x.channels);
  }

  /** torch.nn.GELU, the exact one. */
  gelu(path: string, x: Value): Value {
    return this.add(path, 'Gelu', [x.name], x.channels);
  }

  /** torch.nn.MaxPool2d. */
  maxPool(path: string, x: Value, options: PoolOptions): Value {
    return this.add(path, 'MaxPool', [x.name], x.channels, poolAttributes(options));
  }

  /** torch.nn.AvgPool2d: padding counts, as there by default. */
  averagePool(path: string, x: Value, options: PoolOptions): Value {
    return this.add(path, 'AveragePool', [x.name], x.channels, {
      ...poolAttributes(options),
      count_include_pad: int(1),
    });
  }

  /** The sum of a residual block. */
  sum(path: string, a: Value, b: Value): Value {
    return this.add(path, 'Add', [a.name, b.name], a.channels);
  }

  /** An elementwise product; `b` may be one value a channel. */
  product(path: string, a: Value, b: Value): Value {
    return this.add(path, 'Mul', [a.name, b.name], a.channels);
  }

  /** torch.cat along channels. */
  concat(path: string, parts: readonly Value[]): Value {
    const channels = parts.reduce((sum, part) => sum + part.channels, 0);
    return this.add(
      path,
      'Concat',
      parts.map(({ name }) => name),
      channels,
      { axis: int(1) },
    );
  }

  /** The channels listed, in that order: chunks, shuffles, reversals. */
  pickChannels(path: string, x: Value, channels: readonly number[]): Value {
    const indices = this.constant(`${path}.channels`, channels, 'int64');
    return this.add(path, 'Gather', [x.name, indices], channels.length, { axis: int(1) });
  }

  /** x * scale + shift with one fixed number of each a channel. */
  affine(
    path: string,
    x: Value,
    { scale, shift }: { readonly scale: readonly number[]; readonly shift: readonly number[] },
  ): Value {
    const shape = [1, x.channels, 1, 1];
    const factors = this.constant(`${path}.scale`, scale, 'float32', shape);
    const scaled = this.add(`${path}.scaled`, 'Mul', [x.name, factors], x.channels);
    const offsets = this.constant(`${path}.shift`, shift, 'float32', shape);
    return this.add(path, 'Add', [scaled.name, offsets], x.channels);
  }

  /** torch.permute from [N, C, H, W] to [N, H, W, C]. `channels` of the value stays the channel count. */
  channelsLast(path: string, x: Value): Value {
    return this.add(path, 'Transpose', [x.name], x.channels, { perm: ints(0, 2, 3, 1) });
  }

  /** torch.permute from [N, H, W, C] to [N, C, H, W]. */
  channelsFirst(path: string, x: Value): Value {
    return this.add(path, 'Transpose', [x.name], x.channels, { perm: ints(0, 3, 1, 2) });
  }

  /** torch.nn.LayerNorm over the last axis. */
  layerNorm(path: string, x: Value, { eps = 1e-5 } = {}): Value {
    const inputs = [this.parameter(`${path}.weight`, [x.channels]), this.parameter(`${path}.bias`, [x.channels])];
    return this.add(path, 'LayerNormalization', [x.name, ...inputs], x.channels, {
      axis: int(-1),
      epsilon: float(eps),
    });
  }

  /** torch.nn.Linear on the last axis of [N, H, W, C]. */
  linearLast(path: string, x: Value, { out }: { readonly out: number }): Value {
    const weight = this.parameter(`${path}.weight`, [out, x.channels]);
    const transposed = this.add(`${path}.transposed`, 'Transpose', [weight], out, { perm: ints(1, 0) });
    const product = this.add(`${path}.product`, 'MatMul', [x.name, transposed.name], out);
    return this.add(path, 'Add', [product.name, this.parameter(`${path}.bias`, [out])], out);
  }

  /** A product with a parameter of its own, such as ConvNeXt's `layer_scale` [C, 1, 1]. */
  scaleBy(path: string, parameter: string, x: Value, shape: readonly number[]): Value {
    return this.add(path, 'Mul', [x.name, this.parameter(parameter, shape)], x.channels);
  }

  /** torch.nn.AdaptiveAvgPool2d. ONNX has no such operator: onnx/lower.ts writes it for the input at hand. */
  adaptiveAveragePool(path: string, x: Value, { size }: { readonly size: number }): Value {
    return this.add(path, 'AdaptiveAveragePool', [x.name], x.channels, { output_size: ints(size, size) });
  }

  /** torch.flatten(x, 1), for a tensor with `cells` = height * width. */
  flatten(path: string, x: Value, cells = 1): Value {
    return this.add(path, 'Flatten', [x.name], x.channels * cells, { axis: int(1) });
  }

  /** torch.nn.Linear. */
  linear(path: string, x: Value, { out }: { readonly out: number }): Value {
    const inputs = [x.name, this.parameter(`${path}.weight`, [out, x.channels]), this.parameter(`${path}.bias`, [out])];
    return this.add(path, 'Gemm', inputs, out, { transB: int(1) });
  }

  /**
   * Modules that checkpoints carry and the evaluated network does not run, such as auxiliary classifiers: what `declare` calls leaves its
   * parameters only.
   */
  unused(declare: () => unknown): void {
    const { length } = this.nodes;
    declare();
    this.nodes.length = length;
  }

  /** The finished graph, ending in `output`. */
  graph(output: Value): Graph {
    const { input, nodes, parameters, constants } = this;
    return { input, nodes, parameters, constants, output: output.name };
  }

  /** A tensor of fixed values; a vector where no shape is given, a scalar where it has one value. */
  private constant(
    name: string,
    values: readonly number[],
    dtype: 'float32' | 'int64' = 'float32',
    shape?: readonly number[],
  ): string {
    const bytes = dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
    this.constants.set(name, {
      dtype,
      shape: shape ?? (values.length === 1 && dtype === 'float32' ? [] : [values.length]),
      bytes: new Uint8Array(bytes.buffer),
    });
    return name;
  }

  private parameter(name: string, shape: readonly number[]): string {
    this.parameters.set(name, shape);
    return name;
  }

  private add(
    path: string,
    op: string,
    inputs: string[],
    channels: number,
    attributes: Record<string, Attribute> = {},
  ): Value {
    // A module may be called more than once (a block's one ReLU): later results are `relu:2`, `relu:3`.
    let name = path;
    for (let call = 2; this.names.has(name); call++) name = `${path}:${call}`;
    this.names.add(name);
    this.nodes.push({ op, name, inputs, outputs: [name], attributes });
    return { name, channels };
  }
}

function perAxis(value: PerAxis): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}

function poolAttributes({
  kernel,
  stride = kernel,
  padding = 0,
  ceilMode = false,
}: PoolOptions): Record<string, Attribute> {
  return {
    kernel_shape: ints(kernel, kernel),
    strides: ints(stride, stride),
    pads: ints(padding, padding, padding, padding),
    ceil_mode: int(ceilMode ? 1 : 0),
  };
}
