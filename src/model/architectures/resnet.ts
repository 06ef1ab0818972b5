/** ResNet (He et al. 2015, "Deep Residual Learning for Image Recognition") as torchvision builds it. */
import { Network, type Value } from './network.js';

export function resnet18(classes: number) {
  const net = new Network();
  let x = net.conv('conv1', net.input, { out: 64, kernel: 7, stride: 2, padding: 3 });
  x = net.relu('relu', net.batchNorm('bn1', x));
  x = net.maxPool('maxpool', x, { kernel: 3, stride: 2, padding: 1 });
  [64, 128, 256, 512].forEach((out, stage) => {
    for (const block of [0, 1]) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      x = basicBlock(net, `layer${stage + 1}.${block}`, x, { out, stride });
    }
  });
  x = net.flatten('flatten', net.adaptiveAveragePool('avgpool', x, { size: 1 }));
  return net.graph(net.linear('fc', x, { out: classes }));
}

function basicBlock(net: Network, path: string, input: Value, { out, stride }: { out: number; stride: number }): Value {
  let x = net.conv(`${path}.conv1`, input, { out, kernel: 3, stride, padding: 1 });
  x = net.relu(`${path}.relu`, net.batchNorm(`${path}.bn1`, x));
  x = net.conv(`${path}.conv2`, x, { out, kernel: 3, padding: 1 });
  x = net.batchNorm(`${path}.bn2`, x);
  let shortcut = input;
  if (stride !== 1 || input.channels !== out) {
    shortcut = net.conv(`${path}.downsample.0`, input, { out, kernel: 1, stride });
    shortcut = net.batchNorm(`${path}.downsample.1`, shortcut);
  }
  return net.relu(`${path}.relu`, net.sum(`${path}.add`, x, shortcut));
}
