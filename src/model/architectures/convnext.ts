/** ConvNeXt (Liu et al. 2022, "A ConvNet for the 2020s") as torchvision builds it: layer norm, no batch norm. */
import { Network, type Value } from './network.js';

const EPS = 1e-6;

/** Channels and blocks of each stage. */
function convnext(widths: readonly number[], depths: readonly number[]) {
  return (classes: number) => {
    const net = new Network();
    let x = net.conv('features.0.0', net.input, { out: widths[0]!, kernel: 4, stride: 4, bias: true });
    x = layerNorm2d(net, 'features.0.1', x);
    for (const [stage, out] of widths.entries()) {
      if (stage > 0) {
        const path = `features.${2 * stage}`;
        x = net.conv(`${path}.1`, layerNorm2d(net, `${path}.0`, x), { out, kernel: 2, stride: 2, bias: true });
      }
      for (let i = 0; i < depths[stage]!; i++) x = block(net, `features.${2 * stage + 1}.${i}`, x);
    }
    x = layerNorm2d(net, 'classifier.0', net.adaptiveAveragePool('avgpool', x, { size: 1 }));
    return net.graph(net.linear('classifier.2', net.flatten('classifier.1', x), { out: classes }));
  };
}

/** torchvision's LayerNorm2d: over the channels of each cell. */
function layerNorm2d(net: Network, path: string, x: Value): Value {
  const last = net.layerNorm(path, net.channelsLast(`${path}.channels_last`, x), { eps: EPS });
  return net.channelsFirst(`${path}.channels_first`, last);
}

function block(net: Network, path: string, input: Value): Value {
  const { channels } = input;
  let x = net.conv(`${path}.block.0`, input, { out: channels, kernel: 7, padding: 3, groups: channels, bias: true });
  x = net.layerNorm(`${path}.block.2`, net.channelsLast(`${path}.block.1`, x), { eps: EPS });
  x = net.gelu(`${path}.block.4`, net.linearLast(`${path}.block.3`, x, { out: 4 * channels }));
  x = net.linearLast(`${path}.block.5`, x, { out: channels });
  x = net.channelsFirst(`${path}.block.6`, x);
  x = net.scaleBy(`${path}.scaled`, `${path}.layer_scale`, x, [channels, 1, 1]);
  return net.sum(`${path}.add`, x, input);
}

export const CONVNEXT = {
  convnext_tiny: convnext([96, 192, 384, 768], [3, 3, 9, 3]),
  convnext_small: convnext([96, 192, 384, 768], [3, 3, 27, 3]),
  convnext_base: convnext([128, 256, 512, 1024], [3, 3, 27, 3]),
  convnext_large: convnext([192, 384, 768, 1536], [3, 3, 27, 3]),
};
