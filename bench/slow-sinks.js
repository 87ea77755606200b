// Whether a sink slows webhooks: `npm run bench:slow-sinks [-- embedded|redis]`. Gateways without a sink, with a fast one, six fast ones, a slow one, one that is down and one that hangs get
// webhooks at a fixed rate, in turn. `without, again` is a second gateway without a sink: what differs there is noise.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, settingsOver } from './lib/gateway-settings.js';
import { httpLoad } from './lib/http-load.js';
import { pathOf, startServer } from './lib/processes.js';
import { startRedis } from './lib/redis-process.js';
import { medianInterval, quantiles, spread } from './lib/statistics.js';
import { Journeys, signedWebhooks } from './lib/webhooks.js';
import { openSubscribers } from './lib/ws-load.js';

const ENGINES = process.argv.length > 2 ? process.argv.slice(2) : ['embedded', 'redis'];
const RATE = Number(process.env.RATE ?? 300);
const ROUNDS = Number(process.env.ROUNDS ?? 12);
const ROUND_MS = Number(process.env.ROUND_MS ?? 1_500);
const CONVERSATIONS = 200;
const SUBSCRIPTIONS = 10;
/** Nobody listens there. */
const CLOSED = 'http://127.0.0.1:9/';
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const load = () => readFileSync('/proc/loadavg', 'utf8').split(' ')[0];

const directory = mkdtempSync(join(tmpdir(), 'bench-slow-sinks-'));
const receivers = await startServer(pathOf('servers/sink-receivers.js'));
const ALL = {
  without: [],
  'without, again': [],
  fast: [`${receivers.url}/fast`],
  'six fast': Array(6).fill(`${receivers.url}/fast`),
  slow: [`${receivers.url}/slow`],
  down: [CLOSED],
  hanging: [`${receivers.url}/hanging`],
};
/** Those without a sink, and of the others those that `ONLY=slow,down` names. */
const only = process.env.ONLY?.split(',');
const SINKS = Object.fromEntries(Object.entries(ALL).filter(([name, urls]) => urls.length === 0 || (only?.includes(name) ?? true)));

/** The settings of a gateway with a sink for each URL. */
function sinkSettings(name, urls) {
  if (urls.length === 0) return {};
  const file = join(directory, `${name}.json`);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  writeFileSync(file, JSON.stringify(urls.map((url, index) => ({ name: `s${index}`, url, secret, allowPrivate: true }))));
  return { SINKS_FILE: file };
}

async function startCompetitor(name, upstream, redis, index) {
  const log = redis === null ? {} : { EVENT_LOG: redis.url, LOG_PREFIX: `bench${index}` };
  const server = await startGateway({ ...settingsOver(upstream), ...log, ...sinkSettings(name, SINKS[name]) });
  const journeys = new Journeys();
  const port = Number(new URL(server.webhookUrl).port);
  const options = { sockets: CONVERSATIONS / SUBSCRIPTIONS, subscriptions: SUBSCRIPTIONS, topicOf: (n) => `t${n}` };
  const open = await openSubscribers(port, { ...options, onNext: journeys.onNext });
  return { name, server, port, journeys, open, answers: [], deliveries: [], cpuMicros: [] };
}

/** One round: the webhooks' answers, and their way to the subscribers, in milliseconds. */
async function measure({ server, port, journeys }, privateKey) {
  const count = Math.floor((RATE * ROUND_MS) / 1_000);
  const events = await signedWebhooks(count, { port, privateKey, conversations: CONVERSATIONS });
  const next = () => {
    const event = events.shift();
    if (event === undefined) return null;
    journeys.sent(event.eventId);
    return event.bytes;
  };
  const check = (status) => {
    if (status !== 204) throw new Error(`a webhook was answered ${status}`);
  };
  const before = server.fineUsage();
  const { latencies } = await httpLoad({ port, connections: 32, durationMs: ROUND_MS, next, check, perSecond: RATE });
  for (let waited = 0; journeys.due > 0 && waited < 5_000; waited += 2) await pause(2);
  if (journeys.due > 0) throw new Error(`${journeys.due} events were not delivered`);
  const cpuMicros = ((server.fineUsage().cpuSeconds - before.cpuSeconds) / count) * 1e6;
  return { answers: latencies, deliveries: journeys.latencies.splice(0), cpuMicros };
}

async function compare(engine) {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const redis = engine === 'redis' ? await startRedis() : null;
  const competitors = [];
  for (const [index, name] of Object.keys(SINKS).entries()) competitors.push(await startCompetitor(name, upstream, redis, index));
  console.log(`${engine}: load ${load()} at the start`);
  // Long enough for the sinks to fill up, and to count as down.
  for (let round = -2; round < ROUNDS; round += 1) {
    // In another order each time: whoever follows a busy one shares the machine with what that has left to do.
    const first = (round + 2) % competitors.length;
    const order = [...competitors.slice(first), ...competitors.slice(0, first)];
    if (round % 2 !== 0) order.reverse();
    for (const competitor of order) {
      const { answers, deliveries, cpuMicros } = await measure(competitor, upstream.privateKey);
      if (round < 0) continue;
      competitor.answers.push(answers);
      competitor.deliveries.push(deliveries);
      competitor.cpuMicros.push(cpuMicros);
    }
  }
  print(competitors);
  console.log(`load ${load()} at the end`);
  for (const { server, open } of competitors) {
    for (const subscriber of open) subscriber.close();
    await server.stop();
  }
  await redis?.stop();
  await upstream.stop();
}

/**
 * Of each round by itself, so that one in which the machine stood still does not decide; ratios to the geometric mean of both gateways without a sink, in the same round, which
 * are 1 in the median if nothing differs. In brackets: where the median lies with 95 % certainty.
 */
function print(competitors) {
  const baselines = competitors.slice(0, 2);
  const figure = (competitor, kind, round, name) => quantiles(competitor[kind][round])[name];
  const base = (kind, round, name) => Math.sqrt(baselines.reduce((product, each) => product * figure(each, kind, round, name), 1));
  const rows = competitors.map((competitor) => {
    const row = { sink: competitor.name };
    for (const kind of ['answers', 'deliveries'])
      for (const name of ['p50', 'p99']) {
        const own = competitor[kind].map((_, round) => figure(competitor, kind, round, name));
        const ratios = own.map((value, round) => value / base(kind, round, name));
        const { from, to } = medianInterval(ratios);
        const interval = `${from.toFixed(2)}–${to.toFixed(2)}`;
        row[`${kind} ${name}`] = `${spread(own).median.toFixed(1)} ms, ${spread(ratios).median.toFixed(2)} × (${interval})`;
      }
    row['CPU µs each'] = Math.round(spread(competitor.cpuMicros).median);
    return row;
  });
  console.table(rows);
}

for (const engine of ENGINES) await compare(engine);
await receivers.stop();
rmSync(directory, { recursive: true });
