import { expect, it } from 'vitest';
import { cacheFolder, torchHubFolder } from '../../src/weights/folders.js';

const LINUX = { platform: 'linux', home: '/home/ada' };
const MAC = { platform: 'darwin', home: '/Users/ada' };
const WINDOWS = { platform: 'win32', home: 'C:\\Users\\ada' };

it.each([
  [LINUX, {}, '/home/ada/.cache/featurescope', '/home/ada/.cache/torch/hub/checkpoints'],
  [LINUX, { XDG_CACHE_HOME: '/fast' }, '/fast/featurescope', '/fast/torch/hub/checkpoints'],
  [LINUX, { XDG_CACHE_HOME: 'fast' }, '/home/ada/.cache/featurescope', '/home/ada/.cache/torch/hub/checkpoints'],
  [LINUX, { FEATURESCOPE_CACHE: '/data/w' }, '/data/w', '/home/ada/.cache/torch/hub/checkpoints'],
  [LINUX, { FEATURESCOPE_CACHE: '' }, '/home/ada/.cache/featurescope', '/home/ada/.cache/torch/hub/checkpoints'],
  [LINUX, { TORCH_HOME: '~/t' }, '/home/ada/.cache/featurescope', '/home/ada/t/hub/checkpoints'],
  [LINUX, { TORCH_HOME: '/opt/~t' }, '/home/ada/.cache/featurescope', '/opt/~t/hub/checkpoints'],
  [MAC, {}, '/Users/ada/Library/Caches/featurescope', '/Users/ada/.cache/torch/hub/checkpoints'],
  [
    WINDOWS,
    { LOCALAPPDATA: 'D:\\Local' },
    'D:\\Local\\featurescope\\Cache',
    'C:\\Users\\ada\\.cache\\torch\\hub\\checkpoints',
  ],
  [
    WINDOWS,
    {},
    'C:\\Users\\ada\\AppData\\Local\\featurescope\\Cache',
    'C:\\Users\\ada\\.cache\\torch\\hub\\checkpoints',
  ],
])('%o with %o', (machine, env: Record<string, string>, cache, hub) => {
  expect(cacheFolder({ ...machine, env })).toBe(cache);
  expect(torchHubFolder({ ...machine, env })).toBe(hub);
});
