// Results, in Markdown and as charts.
import { over, ratio } from './rounds.js';

const digits = (value) => (value >= 10 ? Math.round(value).toLocaleString('en') : value.toPrecision(2));
const withSpread = ({ median, least, most }) => `${digits(median)} (${digits(least)}–${digits(most)})`;

function table(header, rows) {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rounds of several competitors as a table: median, and in brackets minimum and maximum. */
function roundsTable(rounds, baselines, unit) {
  const rows = Object.keys(rounds).map((name) => [
    name,
    withSpread(over(rounds[name], ({ rate }) => rate)),
    ...baselines.map((baseline) => withSpread(ratio(rounds, name, baseline, ({ rate }) => rate))),
    withSpread(over(rounds[name], ({ p50 }) => p50)),
    withSpread(over(rounds[name], ({ p99 }) => p99)),
    withSpread(over(rounds[name], ({ cpuMicros }) => cpuMicros)),
    digits(Math.max(...rounds[name].map(({ rssBytes }) => rssBytes)) / 1e6),
  ]);
  return table(['', unit, ...baselines.map((baseline) => `of ${baseline}`), 'p50 ms', 'p99 ms', 'CPU µs each', 'RSS MB'], rows);
}

function note({ title, rounds, baseline, baselines = [baseline], values }) {
  if (rounds !== undefined) return `${title}:\n\n${roundsTable(rounds, baselines, 'rate')}`;
  return `${title}: ${Object.entries(values)
    .map(([name, value]) => `${name} ${digits(value)}`)
    .join(', ')}.`;
}

const cellText = (cell) => (typeof cell === 'number' ? digits(cell) : typeof cell === 'object' ? withSpread(cell) : cell);

/** One result as Markdown. */
export function section({ id, title, unit, baseline, baselines = [baseline], rounds, table: plain, notes = [] }) {
  const parts = [`### ${title}`];
  if (rounds !== undefined) parts.push(`![${title}](benchmarks/${id}.svg)`, roundsTable(rounds, baselines, unit));
  if (plain !== undefined)
    parts.push(
      table(
        Object.keys(plain[0]),
        plain.map((row) => Object.values(row).map(cellText)),
      ),
    );
  return [...parts, ...notes.map(note)].join('\n\n');
}

/** A chart for each result that has rounds. */
export function charts(results, draw) {
  return Object.values(results)
    .flatMap(({ results: all }) => all)
    .filter(({ rounds }) => rounds !== undefined)
    .map(({ id, title, unit, rounds }) => ({
      file: `${id}.svg`,
      svg: draw({
        title: `${title}, ${unit}`,
        bars: Object.entries(rounds).map(([name, some]) => ({ name, ...over(some, ({ rate }) => rate) })),
      }),
    }));
}
