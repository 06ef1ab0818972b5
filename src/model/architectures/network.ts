/**
 * The layer language that architectures are written in. Each call adds one operation under its PyTorch module path, with
 * PyTorch's argument names and defaults, and records the parameters that PyTorch's module of that kind owns.
 */
import type { Attribute, Graph, GraphNode } from '../graph.js';

/** A tensor inside the network under construction. */
export interface Value {
  readonly name: string;
  readonly channels: number;
}

export interface ConvOptions {
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

export interface PoolOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
}

const int = (value: number): Attribute => ({ type: 'int', value });
const ints = (...value: number[]): Attribute => ({ type: 'ints', value });
const float = (value: number): Attribute => ({ type: 'float', value });

export class Network {
  readonly input: Value = { name: 'input', channels: 3 };
  private readonly nodes: GraphNode[] = [];
  private readonly parameters = new Map<string, readonly number[]>();
  private readonly names = new Set<string>(['input']);

  /** torch.nn.Conv2d. */
  conv(path: string, x: Value, options: ConvOptions): Value {
    const { out, kernel, stride = 1, padding = 0, dilation = 1, groups = 1, bias = false } = options;
    const inputs = [x.name, this.parameter(`${path}.weight`, [out, x.channels / groups, kernel, kernel])];
    if (bias) inputs.push(this.parameter(`${path}.bias`, [out]));
    return this.add(path, 'Conv', inputs, out, {
      kernel_shape: ints(kernel, kernel),
      strides: ints(stride, stride),
      pads: ints(padding, padding, padding, padding),
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

  /** torch.nn.MaxPool2d with ceil_mode off. */
  maxPool(path: string, x: Value, { kernel, stride = kernel, padding = 0 }: PoolOptions): Value {
    return this.add(path, 'MaxPool', [x.name], x.channels, {
      kernel_shape: ints(kernel, kernel),
      strides: ints(stride, stride),
      pads: ints(padding, padding, padding, padding),
    });
  }

  /** The sum of a residual block. */
  sum(path: string, a: Value, b: Value): Value {
    return this.add(path, 'Add', [a.name, b.name], a.channels);
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

  /** The finished graph, ending in `output`. */
  graph(output: Value): Graph {
    const { input, nodes, parameters } = this;
    return { input, nodes, parameters, constants: new Map(), output: output.name };
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
