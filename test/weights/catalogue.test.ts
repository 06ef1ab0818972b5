import { expect, it } from 'vitest';
import { IMAGENET_CLASSES } from '../../src/model/imagenet-classes.js';
import { findWeights, isWeightsName, NAMED_WEIGHTS, weightsNamed } from '../../src/weights/catalogue.js';
import { checkAddress, fileAtUrl, mirrored, shownUrl } from '../../src/weights/remote-file.js';
import { message } from '../model/refusal.js';

it('has torchvision’s ImageNet classifiers, each file once', () => {
  expect(NAMED_WEIGHTS.length).toBe(91);
  for (const key of ['name', 'url', 'fileName', 'sha256Prefix'] as const) {
    expect(new Set(NAMED_WEIGHTS.map((weights) => weights[key])).size).toBe(91);
  }
  expect(new Set(NAMED_WEIGHTS.map(({ architecture }) => architecture)).size).toBe(67);
  expect(NAMED_WEIGHTS.filter(({ sha256Prefix }) => !/^[0-9a-f]{8,10}$/.test(sha256Prefix))).toEqual([]);
  expect(NAMED_WEIGHTS.filter(({ name }) => /swag|features/i.test(name))).toEqual([]);
});

it('describes each as torchvision does', () => {
  expect(findWeights('resnet18', 'imagenet')).toEqual({
    architecture: 'resnet18',
    name: 'ResNet18_Weights.IMAGENET1K_V1',
    version: 'V1',
    url: 'https://download.pytorch.org/models/resnet18-f37072fd.pth',
    fileName: 'resnet18-f37072fd.pth',
    sha256Prefix: 'f37072fd',
    approximateByteLength: 46_830_453,
    classes: 1000,
    licence: 'BSD-3-Clause',
    transforms: {
      resize: 256,
      crop: 224,
      interpolation: 'bilinear',
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
  });
  expect(findWeights('efficientnet_v2_l', 'imagenet').transforms).toEqual({
    resize: 480,
    crop: 480,
    interpolation: 'bicubic',
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  });
  expect(findWeights('shufflenet_v2_x0_5', 'imagenet').sha256Prefix).toBe('f707e7126e');
});

it.each([
  ['imagenet', '0676ba61'],
  ['ImageNet-V1', '0676ba61'],
  ['imagenet-v2', '11ad3fa6'],
  ['IMAGENET1K_V2', '11ad3fa6'],
  ['ResNet50_Weights.IMAGENET1K_V2', '11ad3fa6'],
  ['resnet50_weights.imagenet1k_v1', '0676ba61'],
])('%s of resnet50', (spec, sha256Prefix) => {
  expect(isWeightsName(spec)).toBe(true);
  expect(findWeights('resnet50', spec).sha256Prefix).toBe(sha256Prefix);
});

it('takes URLs for names, and files not', () => {
  expect(isWeightsName('https://example.com/net.pth')).toBe(true);
  expect(
    ['embedded', 'imagenet.pth', './imagenet', 'resnet18-f37072fd.pth', 'my_weights.pth/x'].filter(isWeightsName),
  ).toEqual([]);
});

const GIVE = 'give one of `featurescope weights list`, a file or an https URL';

it.each([
  [
    'resnet18',
    'imagenet-v2',
    `UsageError: --weights imagenet-v2: resnet18 has ResNet18_Weights.IMAGENET1K_V1; ${GIVE}`,
  ],
  [
    'resnet18',
    'ResNet50_Weights.IMAGENET1K_V2',
    'UsageError: --weights ResNet50_Weights.IMAGENET1K_V2: these are weights of resnet50, not of resnet18',
  ],
  [
    'regnet_y_128gf',
    'imagenet',
    `UsageError: --weights imagenet: no weights of regnet_y_128gf are known by name; ${GIVE}`,
  ],
])('%s with %s is refused', (architecture, spec, refusal) => {
  expect(message(() => findWeights(architecture, spec))).toBe(refusal);
});

it('finds by architecture or full name, and names the nearest', () => {
  expect(weightsNamed('mobilenet_v2').name).toBe('MobileNet_V2_Weights.IMAGENET1K_V1');
  expect(weightsNamed('MobileNet_V2_Weights.IMAGENET1K_V2').sha256Prefix).toBe('7ebf99e0');
  expect(message(() => weightsNamed('resnet81'))).toBe(
    'UsageError: resnet81: no such weights; the nearest are resnet18, resnet34, resnet50',
  );
});

it('names ImageNet’s classes in the order of the outputs', () => {
  expect(IMAGENET_CLASSES.length).toBe(1000);
  expect(new Set(IMAGENET_CLASSES).size).toBe(1000);
  expect([0, 134, 281, 285, 517, 639, 967, 999].map((index) => IMAGENET_CLASSES[index])).toEqual([
    'tench',
    'crane bird',
    'tabby',
    'Egyptian cat',
    'crane',
    'maillot tank suit',
    'espresso',
    'toilet tissue',
  ]);
});

it('has a mirror stand for the official folder, and for nothing else', () => {
  const url = 'https://download.pytorch.org/models/vgg16-397923af.pth';
  expect(mirrored(url, 'https://mirror.example/torch/')).toBe('https://mirror.example/torch/vgg16-397923af.pth');
  expect(mirrored(url, undefined)).toBe(url);
  expect(mirrored(url, '')).toBe(url);
  expect(mirrored('https://example.com/net.pth', 'https://mirror.example')).toBe('https://example.com/net.pth');
});

it('fetches by https, or by http from this machine', () => {
  const fine = ['https://a.b/c', 'http://localhost:8/c', 'http://127.0.0.1/c', 'http://127.9.8.7/', 'http://[::1]:8/c'];
  for (const url of fine) expect(checkAddress(url).href).toBe(url);
  const ONLY = 'only https is fetched (http from this machine alone); give an https URL';
  expect(message(() => checkAddress('http://user:key@a.b/c?token=x'))).toBe(`UsageError: http://a.b/c: ${ONLY}`);
  expect(message(() => checkAddress('http://127.0.0.1.a.b/c'))).toBe(`UsageError: http://127.0.0.1.a.b/c: ${ONLY}`);
  expect(message(() => checkAddress('ftp://a.b/c'))).toBe(`UsageError: ftp://a.b/c: ${ONLY}`);
  expect(message(() => checkAddress('https://'))).toBe('UsageError: https://: not a URL');
});

it('gives the file of a URL a name that is safe and its own', () => {
  const { fileName, url, sha256Prefix } = fileAtUrl('https://a.b/..%2F..%2Fx y.pth?v=1#part');
  expect(fileName).toMatch(/^url-[0-9a-f]{16}-\.\._2F\.\._2Fx_20y\.pth$/);
  expect([url, sha256Prefix]).toEqual(['https://a.b/..%2F..%2Fx%20y.pth?v=1', null]);
  expect(fileAtUrl('https://a.b/x.pth?v=1').fileName).not.toBe(fileAtUrl('https://a.b/x.pth?v=2').fileName);
  expect(fileAtUrl('https://a.b/').fileName).toMatch(/^url-[0-9a-f]{16}-$/);
  expect(shownUrl('https://user:key@a.b:8/c?token=x')).toBe('https://a.b:8/c');
});
