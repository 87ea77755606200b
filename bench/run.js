// `npm run bench [-- SUBJECT…]`: measures the subjects (default: all) and writes the results to docs/benchmarks.md and docs/benchmarks/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { pathOf } from './lib/processes.js';
import { barChart } from './lib/svg.js';
import { charts, section } from './lib/report.js';
import { ROUNDS, ROUND_MS } from './lib/rounds.js';

const SUBJECTS = [
  'query',
  'first-look',
  'beyond-cache',
  'recent',
  'round-trips',
  'bytes',
  'deliveries',
  'subscriptions',
  'webhooks',
  'resume',
  'redis',
  'hive',
  'telemetry',
];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !SUBJECTS.includes(name));
if (unknown.length > 0) throw new Error(`no such subject: ${unknown.join(', ')}; there are: ${SUBJECTS.join(', ')}`);
if (!existsSync(pathOf('node_modules'))) throw new Error('what the gateway is compared with is not installed: npm ci --prefix bench');

const directory = pathOf('../docs/benchmarks');
const resultsFile = `${directory}/results.json`;
mkdirSync(directory, { recursive: true });
// Keeps earlier results of other subjects.
const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {};

for (const name of asked.length > 0 ? asked : SUBJECTS) {
  const { run } = await import(`./subjects/${name}.js`);
  const measurements = await run();
  if (measurements === null) {
    console.log(`${name}: not measured here`);
    continue;
  }
  results[name] = { measuredAt: new Date().toISOString(), node: process.version, rounds: ROUNDS, roundMs: ROUND_MS, results: measurements };
  console.log(measurements.map((result) => section(result)).join('\n'));
  writeFileSync(resultsFile, await format(JSON.stringify(results), { parser: 'json', printWidth: 140 }));
}

for (const { file, svg } of charts(results, barChart)) writeFileSync(`${directory}/${file}`, svg);
const page = pathOf('../docs/benchmarks.md');
const [head] = readFileSync(page, 'utf8').split('<!-- generated -->');
const sections = SUBJECTS.filter((name) => results[name]).map((name) => {
  const { measuredAt, node, rounds, roundMs, results: measurements } = results[name];
  const how = `\`npm run bench:${name}\`, ${rounds} rounds of ${roundMs / 1000} s, Node ${node}, ${measuredAt.slice(0, 10)}.`;
  return [how, ...measurements.map((result) => section(result))].join('\n\n');
});
const text = `${head}<!-- generated -->\n\n${sections.join('\n\n')}\n`;
writeFileSync(page, await format(text, { parser: 'markdown', printWidth: 160, proseWrap: 'preserve' }));
