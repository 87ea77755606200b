// What an append costs by type of event, in CPU: `node bench/append.js`; over a Redis of its own: `node bench/append.js redis`. Build first (`npm run build`).
// `BENCH_EARLIER` is the path of a built checkout of an earlier release: rounds of both, in turns, and their ratio. `ROUNDS` (default 7), `CONVERSATIONS` of a round (default 500).
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COURSE } from './lib/conversation-course.js';
import { startRedis } from './lib/redis-process.js';
import { spread } from './lib/statistics.js';

const [engine = 'sqlite', worker, build, target] = process.argv.slice(2);
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const CONVERSATIONS = Number(process.env.CONVERSATIONS ?? 500);

async function open() {
  const load = (path) => import(join(build, 'build/events', path));
  if (engine === 'sqlite') return (await load('sqlite/open.js')).openSqliteLog({ directory: target, clock: Date.now });
  const { openRedis } = await load('redis/open.js');
  const { parseRedisUrl } = await load('redis/redis-url.js');
  return (await openRedis({ target: parseRedisUrl(target), clock: Date.now, retentionMs: 3_600_000, prefix: `b${process.pid}` })).log;
}

/** CPU of each thread so far, in microseconds. */
const threads = () =>
  new Map(
    readdirSync('/proc/self/task').map((id) => [id, Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]) / 1_000]),
  );

/** CPU since `before`: of the main thread, and of the one of the others that was busiest, SQLite's. */
function since(before) {
  const spent = [...threads()].map(([id, micros]) => [id, micros - (before.get(id) ?? 0)]);
  const main = spent.find(([id]) => Number(id) === process.pid)[1];
  return { main, busiest: Math.max(...spent.filter(([id]) => Number(id) !== process.pid).map(([, micros]) => micros)) };
}

/** In a process of its own: appends a step for each conversation when asked, and answers with its CPU time. */
async function serveSteps() {
  const log = await open();
  process.on('message', async ({ round, step }) => {
    const [, make] = COURSE[step];
    const events = Array.from({ length: CONVERSATIONS }, (_, n) => make(`${round}-${step}-${n}`, `conversation-${round}-${n}`));
    const before = threads();
    await Promise.all(events.map((event) => log.append(event)));
    process.send(since(before));
  });
  process.on('disconnect', () => process.exit());
  process.send('ready');
}

async function startBuild(checkout, location) {
  const child = fork(fileURLToPath(import.meta.url), [engine, 'worker', checkout, location]);
  await once(child, 'message');
  const step = async (request) => {
    child.send(request);
    return (await once(child, 'message'))[0];
  };
  return { step, stop: () => child.disconnect() };
}

/** Of each part that spends CPU: the sum over a conversation's course and the steps by type, in microseconds for each append. */
async function round(number, { step }, redis) {
  const costs = {};
  for (const [index, [type]] of COURSE.entries()) {
    const before = (await redis?.cpuMicroseconds()) ?? 0;
    const { main, busiest } = await step({ round: number, step: index });
    const parts = redis === null ? { gateway: main, SQLite: busiest } : { gateway: main, Redis: (await redis.cpuMicroseconds()) - before };
    for (const [part, micros] of Object.entries(parts)) ((costs[part] ??= {})[type] ??= []).push(micros / CONVERSATIONS);
  }
  return costs;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const mean = (values) => sum(values) / values.length;
/** Figures of one part and round, by type, and of all steps together. */
const figures = (byType) => ({
  ...Object.fromEntries(Object.entries(byType).map(([type, values]) => [type, mean(values)])),
  'all steps': mean(Object.values(byType).flat()),
});

function report(rounds) {
  const [now, earlier] = [rounds.now, rounds.earlier ?? []];
  for (const part of Object.keys(now[0])) {
    const rows = Object.keys(figures(now[0][part])).map((type) => {
      const micros = now.map((costs) => figures(costs[part])[type]);
      const row = { 'µs/append': Number(spread(micros).median.toFixed(1)), 'appends/CPU s': Math.round(1e6 / spread(micros).median) };
      if (earlier.length === 0) return [type, row];
      const ratio = spread(micros.map((value, index) => value / figures(earlier[index][part])[type]));
      return [type, { ...row, 'to earlier': `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})` }];
    });
    console.log(`CPU of ${part}`);
    console.table(Object.fromEntries(rows));
  }
}

async function main() {
  const redis = engine === 'redis' ? await startRedis() : null;
  const directory = mkdtempSync(join(tmpdir(), 'bench-append-'));
  const checkouts = { now: fileURLToPath(new URL('..', import.meta.url)) };
  if (process.env.BENCH_EARLIER !== undefined) checkouts.earlier = resolve(process.env.BENCH_EARLIER);
  const builds = {};
  for (const [name, checkout] of Object.entries(checkouts)) builds[name] = await startBuild(checkout, redis?.url ?? join(directory, name));
  const rounds = Object.fromEntries(Object.keys(builds).map((name) => [name, []]));
  for (let number = -1; number < ROUNDS; number += 1)
    for (const [name, build] of Object.entries(builds)) {
      const costs = await round(number, build, redis);
      if (number >= 0) rounds[name].push(costs);
    }
  report(rounds);
  for (const build of Object.values(builds)) build.stop();
  await redis?.stop();
  rmSync(directory, { recursive: true });
}

if (worker === 'worker') await serveSteps();
else await main();
