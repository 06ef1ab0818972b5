/** AlexNet (Krizhevsky 2014, "One weird trick for parallelizing convolutional neural networks") as torchvision builds it. */
import { Network } from './network.js';

export function alexnet(classes: number) {
  const net = new Network();
  let x = net.conv('features.0', net.input, { out: 64, kernel: 11, stride: 4, padding: 2, bias: true });
  x = net.maxPool('features.2', net.relu('features.1', x), { kernel: 3, stride: 2 });
  x = net.conv('features.3', x, { out: 192, kernel: 5, padding: 2, bias: true });
  x = net.maxPool('features.5', net.relu('features.4', x), { kernel: 3, stride: 2 });
  x = net.relu('features.7', net.conv('features.6', x, { out: 384, kernel: 3, padding: 1, bias: true }));
  x = net.relu('features.9', net.conv('features.8', x, { out: 256, kernel: 3, padding: 1, bias: true }));
  x = net.relu('features.11', net.conv('features.10', x, { out: 256, kernel: 3, padding: 1, bias: true }));
  x = net.maxPool('features.12', x, { kernel: 3, stride: 2 });
  x = net.flatten('flatten', net.adaptiveAveragePool('avgpool', x, { size: 6 }), 6 * 6);
  x = net.relu('classifier.2', net.linear('classifier.1', x, { out: 4096 }));
  x = net.relu('classifier.5', net.linear('classifier.4', x, { out: 4096 }));
  return net.graph(net.linear('classifier.6', x, { out: classes }));
}
