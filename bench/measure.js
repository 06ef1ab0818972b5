/** Runs programs from their start to their exit, several times and in turns, and keeps what each run took. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));

/**
 * A Node program as a process of its own: wall and processor seconds, peak resident bytes and its output.
 * @param {readonly string[]} args
 */
export function runNode(args) {
  const { seconds, output } = run(process.execPath, ['--require', USAGE, ...args]);
  const usage = JSON.parse(output[3]);
  return {
    seconds,
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peakBytes: usage.maxRSS * 1024,
    stdout: output[1],
  };
}

/**
 * A Python program that prints JSON; `report` is that.
 * @param {string} python
 * @param {readonly string[]} args
 */
export function runPython(python, args) {
  const { seconds, output } = run(python, args);
  return { seconds, report: JSON.parse(output[1]) };
}

function run(program, args) {
  const start = performance.now();
  const { status, signal, error, output } = spawnSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
  });
  const seconds = (performance.now() - start) / 1000;
  if (error) throw error;
  if (status !== 0) throw new Error(`${[program, ...args].join(' ')}: exit ${status ?? signal}\n${output[2]}`);
  return { seconds, output };
}

/** A Python with these modules: the checkout's own .ref, or the one on PATH; null where neither has them. */
export function findPython(...modules) {
  const check = `import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, sys.argv[1:])))`;
  for (const python of [`${ROOT}.ref/bin/python`, 'python3']) {
    if (python.startsWith('/') && !existsSync(python)) continue;
    if (spawnSync(python, ['-c', check, ...modules]).status === 0) return python;
  }
  return null;
}

/**
 * Runs every contender once a round, so that a change of the machine's load meets all of them.
 * @template R
 * @param {Readonly<Record<string, () => R>>} contenders
 * @param {number} rounds
 * @returns {Record<string, R[]>} the results of each, in order
 */
export function takeTurns(contenders, rounds) {
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, runOnce] of Object.entries(contenders)) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${name}\n`);
      results[name].push(runOnce());
    }
  }
  return results;
}

/** The run whose `seconds` are in the middle (of the lower two for an even number of runs). */
export function medianRun(runs) {
  return [...runs].sort((a, b) => a.seconds - b.seconds)[Math.floor((runs.length - 1) / 2)];
}

/** `1.23 (1.20 to 1.40)`: the median and the extremes. */
export function spread(values, digits = 2) {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, middle, high] = [0, Math.floor((sorted.length - 1) / 2), sorted.length - 1].map((i) =>
    sorted[i].toFixed(digits),
  );
  return sorted.length > 1 ? `${middle} (${low} to ${high})` : middle;
}

export function megabytes(bytes) {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}
