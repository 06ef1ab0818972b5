/** results.json, and RESULTS.md made from it. A section that was not run again keeps its earlier result, with its date. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { megabytes } from './measure.js';

const JSON_PATH = fileURLToPath(new URL('results.json', import.meta.url));
const MARKDOWN_PATH = fileURLToPath(new URL('RESULTS.md', import.meta.url));

export function describeMachine() {
  const version = (name) => createRequire(import.meta.url)(`${name}/package.json`).version;
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    processor: `${cpus()[0].model.trim()}, ${availableParallelism()} cores`,
    memory: megabytes(totalmem()),
    node: process.versions.node,
    onnxruntime: version('onnxruntime-node'),
    // A memory file system (TMPDIR=/dev/shm) keeps the disk's own moods out of the comparison.
    outputFolder: tmpdir(),
    loadBefore: loadavg()[0].toFixed(1),
  };
}

/** Puts these sections, by name, in the place of earlier ones. */
export function saveResults(sections, order) {
  const kept = existsSync(JSON_PATH) ? JSON.parse(readFileSync(JSON_PATH, 'utf8')) : {};
  const all = { ...kept, ...sections };
  const sorted = Object.fromEntries(order.filter((name) => all[name]).map((name) => [name, all[name]]));
  writeFileSync(JSON_PATH, `${JSON.stringify(sorted, null, 2)}\n`);
  writeFileSync(MARKDOWN_PATH, formatResults(sorted));
}

function formatResults(sections) {
  const goals = Object.values(sections)
    .flatMap((section) => section.goals)
    .sort((a, b) => a.number.localeCompare(b.number));
  return [
    '# Results of `npm run bench`',
    'Written by bench/run.js; edit nothing here. Compare ratios, not times: they come from one machine and one run.',
    formatTable(goals.map(({ number, text, measured, met }) => ({ goal: `${number}: ${text}`, measured, met }))),
    ...Object.values(sections).map(formatSection),
  ]
    .join('\n\n')
    .concat('\n');
}

export function formatSection({ title, tables, notes, machine }) {
  const where = `${machine.date} UTC. ${machine.processor}, ${machine.memory}; Node ${machine.node}, onnxruntime-node ${machine.onnxruntime}; output on ${tmpdir()}; output under ${machine.outputFolder ?? '/tmp'}; load before ${machine.loadBefore}.`;
  return [`## ${title}`, ...tables.map(formatTable), notes, where].filter(Boolean).join('\n\n');
}

/** A Markdown table of records; a column for every key of the first. */
export function formatTable(rows) {
  if (rows.length === 0) return 'nothing measured';
  const names = Object.keys(rows[0]);
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(cells[0]), line(widths.map((width) => '-'.repeat(width))), ...cells.slice(1).map(line)].join('\n');
}
