/** Goals 1 to 3: the whole job, from the start of a process to its exit, against two Pythons and against the floor. */
import { writeFileSync } from 'node:fs';
import { EMBEDDED, fileSizes, makePhoto, readRun } from './inputs.js';
import { findPython, medianRun, runNode, runPython, spread, takeTurns } from './measure.js';

const NO_PYTHON = 'not run: needs Python with ';
const SEED_MODULES = ['torch', 'torchvision', 'matplotlib', 'imageio', 'imageio_ffmpeg'];
const BEST_MODULES = ['torch', 'cv2'];

/** Every map of a network as a 400x400 PNG and the AVI, from the command line. */
export function featurescope(workshop, photo, model, ...more) {
  const out = workshop.newPath();
  const options = ['--img-size', '600x600', '--frame-size', '400x400', '--weights', 'embedded', '--video', '--quiet'];
  const run = runNode(['bin/featurescope.js', 'render', photo, '--model', model, ...options, ...more, '--out', out]);
  return { ...run, ...readRun(out, model) };
}

export async function resnet18(workshop, { rounds }) {
  const photo = await makePhoto(workshop, 600, 600);
  const sizes = workshop.path('sizes.json');
  writeFileSync(sizes, JSON.stringify(fileSizes(featurescope(workshop, photo, 'resnet18').folder)));
  const runs = takeTurns(
    {
      featurescope: () => featurescope(workshop, photo, 'resnet18'),
      floor: () => runFloor(workshop, sizes),
      ...seedJob(photo, 'resnet18'),
      ...bestPython(workshop, photo),
    },
    rounds,
  );
  const { frames, video } = runs.featurescope[0].manifest;
  return {
    title: `ResNet18 at 600x600: ${frames.length.toLocaleString('en')} maps as 400x400 PNG, and an AVI of ${video.byteLength.toLocaleString('en')} bytes`,
    tables: [compare(runs), explain(runs)],
    notes: notesOn(runs),
    goals: [
      goal('1a', 'at least 100 times the speed of seed_job.py', ratio(runs, 'seed_job.py'), (x) => x >= 100),
      goal('1b', 'at least 5 times the speed of best_python.py', ratio(runs, 'best_python.py'), (x) => x >= 5),
      goal('3', 'at most 2 times the floor', 1 / ratio(runs, 'floor'), (x) => x <= 2),
    ],
  };
}

/** No goal asks for it: the tool's own run, at 42 ms a map, had a title on every picture. */
export async function resnet18Legend(workshop, { rounds }) {
  const photo = await makePhoto(workshop, 600, 600);
  const ours = () => featurescope(workshop, photo, 'resnet18', '--legend');
  const runs = takeTurns({ featurescope: ours, ...seedJob(photo, 'resnet18', '--legend') }, rounds);
  return { title: 'ResNet18 at 600x600 with legends', tables: [compare(runs)], notes: notesOn(runs), goals: [] };
}

export async function alexnet(workshop, { rounds }) {
  const photo = await makePhoto(workshop, 600, 600);
  const runs = takeTurns(
    { featurescope: () => featurescope(workshop, photo, 'alexnet'), ...seedJob(photo, 'alexnet') },
    rounds,
  );
  return {
    title: `AlexNet at 600x600: ${runs.featurescope[0].manifest.frames.length.toLocaleString('en')} maps as 400x400 PNG, and an AVI`,
    tables: [compare(runs)],
    notes: notesOn(runs),
    goals: [goal('2', 'at least 40 times the speed of seed_job.py', ratio(runs, 'seed_job.py'), (x) => x >= 40)],
  };
}

function seedJob(photo, model, ...more) {
  const python = findPython(...SEED_MODULES);
  if (!python) return {};
  const args = ['bench/reference/seed_job.py', photo, '--model', model, '--weights', EMBEDDED[model], ...more];
  return {
    'seed_job.py': () => {
      const { report } = runPython(python, args);
      return { ...report, seconds: report.extrapolatedTotalSeconds };
    },
  };
}

function bestPython(workshop, photo) {
  const python = findPython(...BEST_MODULES);
  if (!python) return {};
  const run = (...options) => {
    const out = ['--out', workshop.newPath()];
    const args = ['bench/reference/best_python.py', photo, '--weights', EMBEDDED.resnet18, ...out, ...options];
    const { seconds, report } = runPython(python, args);
    return { ...report, seconds };
  };
  return { 'best_python.py': () => run(), 'best_python.py --indexed': () => run('--indexed') };
}

function runFloor(workshop, sizes) {
  const run = runNode(['bench/floor.js', 'resnet18', '600', '600', sizes, workshop.newPath()]);
  return { ...run, laps: JSON.parse(run.stdout) };
}

/** How many times faster Featurescope is: the median over the rounds of each round's ratio. NaN where the other did not run. */
function ratio(runs, other) {
  if (!runs[other]) return Number.NaN;
  const ratios = runs[other].map(({ seconds }, round) => seconds / runs.featurescope[round].seconds);
  return ratios.sort((a, b) => a - b)[Math.floor((ratios.length - 1) / 2)];
}

function goal(number, text, value, isMet) {
  if (Number.isNaN(value)) return { number, text, measured: 'not run', met: 'not run' };
  return { number, text, measured: `${value.toFixed(value < 10 ? 2 : 0)} times`, met: isMet(value) ? 'yes' : 'NO' };
}

function compare(runs) {
  return Object.entries(runs).map(([name, results]) => ({
    program: name,
    seconds: spread(results.map(({ seconds }) => seconds)),
    'processor seconds': results[0].cpuSeconds ? spread(results.map(({ cpuSeconds }) => cpuSeconds)) : '',
    'peak MB': spread(
      results.map(({ peakBytes }) => peakBytes / 1e6),
      0,
    ),
    'Featurescope is faster by':
      name === 'featurescope' ? '' : ratio(runs, name).toFixed(ratio(runs, name) < 10 ? 2 : 0),
  }));
}

/** Where the time over the floor goes: the stages of the middle run of each, in milliseconds. */
function explain(runs) {
  const ours = medianRun(runs.featurescope);
  const floor = medianRun(runs.floor);
  const { total, ...stages } = ours.manifest.timings;
  const rows = Object.entries(stages).map(([stage, ms]) => ['featurescope', stage, ms]);
  rows.push(['featurescope', 'around them: start, modules, weights, manifest, exit', 1000 * ours.seconds - total]);
  let before = 0;
  for (const [stage, at] of Object.entries(floor.laps)) {
    rows.push(['floor', stage, at - before]);
    before = at;
  }
  rows.push(['floor', 'exit', 1000 * floor.seconds - before]);
  return rows.map(([program, stage, ms]) => ({ program, stage, milliseconds: ms.toFixed(0) }));
}

function notesOn(runs) {
  const seed = runs['seed_job.py'];
  const notes = [
    "Each number is the median of the rounds, with the extremes; the programs took turns. Ratios are medians of each round's ratio.",
  ];
  if (seed) {
    const { sampledFrames, maps, extrapolation, secondsAPicture, secondsAVideoFrame } = medianRun(seed);
    const each = `${(1000 * secondsAPicture).toFixed(1)} ms a picture and ${(1000 * secondsAVideoFrame).toFixed(1)} ms a frame of video`;
    notes.push(
      `seed_job.py is EXTRAPOLATED from ${sampledFrames} of ${maps.toLocaleString('en')} frames (${each}): ${extrapolation}.`,
    );
  } else notes.push(`seed_job.py: ${NO_PYTHON}${SEED_MODULES.join(', ')}.`);
  if (runs['best_python.py']) {
    notes.push(
      'best_python.py makes true-colour PNGs, all that cv2.imencode can; with --indexed it splices a palette into greyscale ones by hand, which no goal asks for.',
    );
  } else if (runs.floor) notes.push(`best_python.py: ${NO_PYTHON}${BEST_MODULES.join(', ')}.`);
  return notes.join('\n\n');
}
