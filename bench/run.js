/**
 * `npm run bench`: the speed and memory goals, each against its reference, printed and kept in results.json and RESULTS.md.
 *
 *     npm run bench                               everything but the long one; about 5 minutes
 *     npm run bench -- --only resnet18,memory     these alone; the others keep their earlier results
 *     npm run bench -- --long                     the 4000x3000 photograph as well
 *     npm run bench -- --rounds 3                 how often each program runs (5)
 *
 * The Python references run where `.ref/bin/python` or python3 has what they import.
 */
import { parseArgs } from 'node:util';
import { batch } from './batch.js';
import { cut } from './cut.js';
import { openWorkshop } from './inputs.js';
import { memory, memoryLong } from './memory.js';
import { describeMachine, formatSection, formatTable, saveResults } from './report.js';
import { alexnet, resnet18, resnet18Legend } from './whole-job.js';

const SECTIONS = {
  resnet18,
  'resnet18-legend': resnet18Legend,
  alexnet,
  cut,
  batch,
  encoder,
  memory,
  'memory-long': memoryLong,
};

/** The lead over zlib level 1 that a proof of concept had, at 512 pixels, by map size. */
const LEAD_OVER_ZLIB = { 7: 5.7, 35: 8.1, 150: 2.3 };

async function encoder() {
  const { encoderBench } = await import('./encoder.js');
  const rows = await encoderBench();
  const speed = (mapSize, name) =>
    rows.find((row) => row.frameSize === 512 && row.mapSize === mapSize && row.encoder === name).framesPerSecond;
  const goals = Object.entries(LEAD_OVER_ZLIB).map(([mapSize, wanted]) => {
    const lead = speed(Number(mapSize), 'featurescope') / speed(Number(mapSize), 'zlib 1');
    const text = `PNG of a ${mapSize}x${mapSize} map: at least ${wanted} times the speed of zlib 1`;
    return { number: '4', text, measured: `${lead.toFixed(1)} times`, met: lead >= wanted ? 'yes' : 'NO' };
  });
  const table = rows.map((row) => ({ ...row, framesPerSecond: Math.round(row.framesPerSecond) }));
  return { title: 'Encoder: one thread, by map size', tables: [table], notes: '', goals };
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    long: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
  },
});
const names = values.only?.split(',') ?? Object.keys(SECTIONS).filter((name) => values.long || name !== 'memory-long');
const unknown = names.filter((name) => !Object.hasOwn(SECTIONS, name));
const rounds = Number(values.rounds);
if (unknown.length > 0 || !(Number.isInteger(rounds) && rounds > 0)) {
  console.error(`--only takes ${Object.keys(SECTIONS).join(', ')}; --rounds a whole number above 0`);
  process.exit(2);
}

const results = {};
const workshop = openWorkshop();
try {
  for (const name of names) {
    const machine = describeMachine();
    results[name] = { ...(await SECTIONS[name](workshop, { rounds })), machine };
    console.log(`\n${formatSection(results[name])}\n`);
    if (results[name].goals.length > 0) console.log(`${formatTable(results[name].goals)}\n`);
  }
} finally {
  workshop.close();
}
saveResults(results, Object.keys(SECTIONS));
