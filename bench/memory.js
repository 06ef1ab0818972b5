/** Goal 5: the most memory that the whole job takes, as the system counts it (maximum resident set). */
import { makePhoto, readRun } from './inputs.js';
import { megabytes, runNode, takeTurns } from './measure.js';
import { featurescope } from './whole-job.js';

export async function memory(workshop, { rounds }) {
  const photo = await makePhoto(workshop, 600, 600);
  const runs = takeTurns(
    {
      resnet18: () => featurescope(workshop, photo, 'resnet18'),
      alexnet: () => featurescope(workshop, photo, 'alexnet'),
    },
    rounds,
  );
  const worst = Object.fromEntries(
    Object.entries(runs).map(([model, results]) => [model, Math.max(...results.map(({ peakBytes }) => peakBytes))]),
  );
  return {
    title: 'Peak memory at 600x600',
    tables: [
      Object.entries(worst).map(([model, bytes]) => ({ job: `${model}, all maps and AVI`, peak: megabytes(bytes) })),
    ],
    notes: `The worst of ${rounds} runs.`,
    goals: [peakGoal('5a', 'ResNet18 at 600x600: at most 500 MB', worst.resnet18, 500e6)],
  };
}

export async function memoryLong(workshop) {
  const photo = await makePhoto(workshop, 4000, 3000);
  const out = workshop.newPath();
  const options = ['--img-size', '4000x3000', '--weights', 'embedded', '--video', '--quiet', '--out', out];
  const run = runNode(['bin/featurescope.js', 'render', photo, ...options]);
  const { manifest } = readRun(out, 'resnet18');
  const { frames, options: look } = manifest;
  const job = `${frames.length.toLocaleString('en')} maps as ${look.frameWidth}x${look.frameHeight} PNG, and AVI`;
  const timings = Object.entries(manifest.timings).map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(1)} s`);
  return {
    title: 'Peak memory: a photograph at 4000x3000, ResNet18, all layers',
    tables: [[{ job, peak: megabytes(run.peakBytes), seconds: run.seconds.toFixed(1) }]],
    notes: `Its stages: ${timings.join(', ')}.`,
    goals: [peakGoal('5b', '4000x3000, all layers: at most 3 GB', run.peakBytes, 3e9)],
  };
}

function peakGoal(number, text, bytes, limit) {
  return { number, text, measured: megabytes(bytes), met: bytes <= limit ? 'yes' : 'NO' };
}
