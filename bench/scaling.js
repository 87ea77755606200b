// Measures the cost of a webhook with one gateway over Redis, predicts the cost with one, two and three, and measures those. `npm run build && node bench/scaling.js`
// CPU time, not throughput: it is comparable on a busy machine, and on one with too few cores for all processes. Needs redis-server.
import { availableParallelism } from 'node:os';
import { openRedis } from '../build/events/redis/open.js';
import { parseRedisUrl } from '../build/events/redis/redis-url.js';
import { GATEWAY, settingsOver } from './lib/gateway-settings.js';
import { httpLoad } from './lib/http-load.js';
import { cpuMicroseconds, pathOf, startServer } from './lib/processes.js';
import { startRedis } from './lib/redis-process.js';
import { costsOf, mostPerSecond, predicted } from './lib/scaling-costs.js';
import { quantile, spread } from './lib/statistics.js';
import { signedWebhooks } from './lib/webhooks.js';
import { openSubscribers } from './lib/ws-load.js';

const CONVERSATIONS = 120;
/** The measured load: sockets per conversation. The costs are derived from other loads. */
const FOLLOWERS = 3;
/**
 * Webhooks in flight per gateway: enough to keep it busy, so that it processes them in batches. If it wakes up for single ones, each costs up to three times as
 * much.
 */
const IN_FLIGHT = 32;
/** Webhooks per round and gateway. */
const COUNT = 2_400;
/** Loads alternate. Other work on the machine can only make a round more expensive, so the lower quartile counts. */
const ROUNDS = Number(process.env.ROUNDS ?? 8);
const WARM_UP = 6_000;
const PARTS = ['gateways', 'redis', 'load'];
const lowerQuartile = (values) => quantile(Float64Array.from(values).sort(), 0.25);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const portOf = ({ webhookUrl }) => Number(new URL(webhookUrl).port);

/** Gateways over a dedicated Redis. */
async function installation(upstream, count) {
  const redis = await startRedis();
  const env = { ...settingsOver(upstream), EVENT_LOG: redis.url };
  const gateways = await Promise.all(Array.from({ length: count }, () => startServer(GATEWAY, { env })));
  return { redis, gateways, upstream };
}

/** CPU time of all gateways together, of Redis, and of this process so far, in microseconds. */
async function spent({ redis, gateways }) {
  const { user, system } = process.cpuUsage();
  const ofGateways = gateways.reduce((sum, { pid }) => sum + cpuMicroseconds(pid), 0);
  return { gateways: ofGateways, redis: await redis.cpuMicroseconds(), load: user + system };
}

/** The input: `send(count)` prepares that many events for each gateway, and returns a function that sends them. */
const webhooks = ({ gateways, upstream }, topic, inFlight = IN_FLIGHT) => {
  return async (count, answered = () => undefined) => {
    // Each conversation at one gateway: two simultaneous events of one conversation would wait for each other.
    const made = gateways.map((gateway, index) =>
      signedWebhooks(count, {
        port: portOf(gateway),
        topic: `${topic}${index}-`,
        privateKey: upstream.privateKey,
        conversations: CONVERSATIONS / gateways.length,
      }),
    );
    const loads = (await Promise.all(made)).map((events, index) => ({ port: portOf(gateways[index]), events }));
    const onAnswer = (status) => {
      if (status !== 204) throw new Error(`a webhook was answered ${status}`);
      answered();
    };
    const options = { connections: inFlight, durationMs: 600_000, check: onAnswer };
    return () => Promise.all(loads.map(({ port, events }) => httpLoad({ port, ...options, next: () => events.shift()?.bytes ?? null })));
  };
};

/** Webhooks without followers, each with an event that is stored as if by another gateway. */
async function besideForeign(at, topic) {
  const { log } = await openRedis({ target: parseRedisUrl(at.redis.url), clock: Date.now, retentionMs: 3_600_000 });
  const author = { participantId: 'user', type: 'CUSTOMER', name: null, language: null, removed: null };
  const text = 'A message as long as people write when they describe what went wrong with their order.';
  const data = { isEcho: true, message: { author, text, attachments: [], cards: [] } };
  let made = 0;
  const appendNext = () => {
    const now = new Date();
    const named = { id: `foreign-${(made += 1)}`, conversationId: `${topic}0-${made % CONVERSATIONS}` };
    return log.append({ ...named, occurredAt: now, receivedAt: now, source: 'WEBHOOK', type: 'MESSAGE_ADDED', data });
  };
  const send = webhooks(at, `${topic}-beside`);
  return async (count) => {
    const stored = [];
    const go = await send(count, () => stored.push(appendNext()));
    return async () => {
      await go();
      await Promise.all(stored);
    };
  };
}

/** One load: that many sockets follow each conversation, spread over the gateways. */
async function kindOfLoad(at, topic, followers, source = webhooks) {
  const send = await source(at, topic);
  const kind = { at, followers, rounds: { gateways: [], redis: [], load: [] } };
  let delivered = 0;
  const { gateways } = at;
  const topics = gateways.map(() => []);
  for (let c = 0; c < CONVERSATIONS; c += 1) {
    const name = `${topic}${c % gateways.length}-${Math.floor(c / gateways.length)}`;
    for (let n = 0; n < followers; n += 1) topics[(c + n) % gateways.length].push(name);
  }
  for (const [index, own] of topics.entries()) {
    const options = { sockets: own.length, topicOf: (n) => own[n], onNext: () => (delivered += 1) };
    await openSubscribers(portOf(gateways[index]), options);
  }
  /** Resolves with the cost of an event. */
  kind.run = async (count) => {
    const go = await send(count);
    const events = count * gateways.length;
    delivered = 0;
    const before = await spent(at);
    await go();
    for (let waited = 0; delivered < events * followers; waited += 1) {
      if (waited > 10_000) throw new Error(`${events * followers - delivered} deliveries have not come`);
      await pause(1);
    }
    const after = await spent(at);
    return Object.fromEntries(PARTS.map((part) => [part, (after[part] - before[part]) / events]));
  };
  return kind;
}

const upstream = await startServer(pathOf('servers/upstream.js'));
const installations = [];
for (const count of [1, 2, 3]) installations.push(await installation(upstream, count));
const [single] = installations;
const foundations = {
  alone: await kindOfLoad(single, 'a', 0),
  // As many in parallel as Redis gets from three gateways.
  deep: await kindOfLoad(single, 'e', 1, (at, topic) => webhooks(at, topic, 3 * IN_FLIGHT)),
  followed: await kindOfLoad(single, 'b', 1),
  crowded: await kindOfLoad(single, 'c', 6),
  beside: await kindOfLoad(single, 'd', 1, besideForeign),
};
const tested = [];
for (const at of installations) tested.push(await kindOfLoad(at, 'm', FOLLOWERS));
const kinds = [...Object.values(foundations), ...tested];
// Warm-up, until the hot code of each gateway is compiled.
for (const kind of tested) await kind.run(WARM_UP);
for (const kind of kinds) await kind.run(COUNT);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const kind of kinds) {
    const cost = await kind.run(COUNT);
    for (const part of PARTS) kind.rounds[part].push(cost[part]);
  }
}
const result = ({ followers, rounds }) => ({
  followers,
  inFlight: IN_FLIGHT,
  ...Object.fromEntries(PARTS.map((part) => [part, lowerQuartile(rounds[part])])),
});

const runs = Object.fromEntries(Object.entries(foundations).map(([name, kind]) => [name, result(kind)]));
const costs = costsOf({ ...runs, deep: { ...runs.deep, inFlight: 3 * IN_FLIGHT } });
console.log('One gateway, µs of CPU for an event, each round:');
for (const [name, kind] of Object.entries(foundations))
  console.log(name, ...PARTS.slice(0, 2).map((part) => `${part} ${kind.rounds[part].map(Math.round)}`));
console.log('costs, µs of CPU:', Object.fromEntries(Object.entries(costs).map(([name, value]) => [name, Math.round(value)])));
console.log(
  `\n| gateways | µs of CPU for a webhook | predicted | measured | least to most | error |\n| --- | --- | --- | --- | --- | --- |`,
);
for (const kind of tested) {
  const gateways = kind.at.gateways.length;
  const foreseen = predicted(costs, { gateways, followers: FOLLOWERS, inFlight: IN_FLIGHT * gateways });
  const found = result(kind);
  for (const part of ['gateways', 'redis']) {
    const { least, most } = spread(kind.rounds[part]);
    const error = `${((foreseen[part] / found[part] - 1) * 100).toFixed(1)} %`;
    console.log(
      `| ${[gateways, part, ...[foreseen[part], found[part]].map(Math.round), `${Math.round(least)} to ${Math.round(most)}`, error].join(' | ')} |`,
    );
  }
  const { by, most } = mostPerSecond(foreseen, { count: gateways, cores: availableParallelism(), load: found.load });
  console.log(`|  | at most ${Math.floor(most)}/s here, for ${by} (${Math.round(found.load)} µs go into sending and receiving) | | | | |`);
}
for (const { gateways, redis } of installations) {
  for (const gateway of gateways) await gateway.stop();
  await redis.stop();
}
await upstream.stop();
process.exit();
