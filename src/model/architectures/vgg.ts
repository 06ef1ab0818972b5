/** VGG (Simonyan, Zisserman 2014, "Very Deep Convolutional Networks for Large-Scale Image Recognition") as torchvision builds it. */
import { Network } from './network.js';

/** Convolutions of each stage; a stage ends in a pooling that halves the map. */
function vgg(stages: readonly number[], { batchNorm = false } = {}) {
  return (classes: number) => {
    const net = new Network();
    let x = net.input;
    let index = 0;
    const next = () => `features.${index++}`;
    for (const [stage, convolutions] of stages.entries()) {
      for (let i = 0; i < convolutions; i++) {
        x = net.conv(next(), x, { out: Math.min(64 * 2 ** stage, 512), kernel: 3, padding: 1, bias: true });
        if (batchNorm) x = net.batchNorm(next(), x);
        x = net.relu(next(), x);
      }
      x = net.maxPool(next(), x, { kernel: 2 });
    }
    x = net.flatten('flatten', net.adaptiveAveragePool('avgpool', x, { size: 7 }), 7 * 7);
    x = net.relu('classifier.1', net.linear('classifier.0', x, { out: 4096 }));
    x = net.relu('classifier.4', net.linear('classifier.3', x, { out: 4096 }));
    return net.graph(net.linear('classifier.6', x, { out: classes }));
  };
}

const VGG11 = [1, 1, 2, 2, 2];
const VGG13 = [2, 2, 2, 2, 2];
const VGG16 = [2, 2, 3, 3, 3];
const VGG19 = [2, 2, 4, 4, 4];

export const VGG = {
  vgg11: vgg(VGG11),
  vgg11_bn: vgg(VGG11, { batchNorm: true }),
  vgg13: vgg(VGG13),
  vgg13_bn: vgg(VGG13, { batchNorm: true }),
  vgg16: vgg(VGG16),
  vgg16_bn: vgg(VGG16, { batchNorm: true }),
  vgg19: vgg(VGG19),
  vgg19_bn: vgg(VGG19, { batchNorm: true }),
};
