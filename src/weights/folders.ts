/** Where weights are kept, on each platform. */
import { homedir } from 'node:os';
import path from 'node:path';

/** What this room reads of the machine it runs on, so that a test can give another. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
}

export function thisMachine(): Machine {
  return { env: process.env, platform: process.platform, home: homedir() };
}

/**
 * FEATURESCOPE_CACHE, else the platform's folder for caches: XDG_CACHE_HOME or ~/.cache (XDG Base Directory
 * Specification 0.8), ~/Library/Caches on macOS, %LOCALAPPDATA% on Windows.
 */
export function cacheFolder({ env, platform, home }: Machine): string {
  const { join, resolve } = paths(platform);
  if (env.FEATURESCOPE_CACHE) return resolve(env.FEATURESCOPE_CACHE);
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'featurescope', 'Cache');
  }
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'featurescope');
  return join(xdgCache({ env, platform, home }), 'featurescope');
}

/** Where torch.hub puts checkpoints, on every platform: TORCH_HOME/hub/checkpoints (torch/hub.py `_get_torch_home`). */
export function torchHubFolder(machine: Machine): string {
  const { join } = paths(machine.platform);
  const torchHome = machine.env.TORCH_HOME || join(xdgCache(machine), 'torch');
  return join(
    torchHome.replace(/^~(?=$|[\\/])/, () => machine.home),
    'hub',
    'checkpoints',
  );
}

/** The specification has relative paths ignored. */
function xdgCache({ env, platform, home }: Machine): string {
  const { isAbsolute, join } = paths(platform);
  return env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(home, '.cache');
}

function paths(platform: string) {
  return platform === 'win32' ? path.win32 : path.posix;
}
