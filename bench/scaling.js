// Measures what a webhook costs one gateway over a Redis, predicts from that what it costs one, two and three, and measures those. `npm run build && node bench/scaling.js`
// CPU time, not throughput: it says the same on a machine with other work, and on one with too few cores for all the processes. Wants a redis-server.
import { availableParallelism } from 'node:os';
import { openRedis } from '../build/events/redis/open.js';
import { parseRedisUrl } from '../build/events/redis/target.js';
import { GATEWAY, settingsOver } from './lib/gateway-settings.js';
import { httpLoad } from './lib/http-load.js';
import { pathOf, startServer } from './lib/processes.js';
import { startRedis } from './lib/redis-process.js';
import { costsOf, mostPerSecond, predicted } from './lib/scaling-costs.js';
import { spread } from './lib/statistics.js';
import { signedWebhooks } from './lib/webhooks.js';
import { openSubscribers } from './lib/ws-load.js';

const CONVERSATIONS = 120;
/** At each gateway. */
const PER_SECOND = Number(process.env.PER_SECOND ?? 150);
const SECONDS = 4;
const COUNT = PER_SECOND * SECONDS;
/** Of these the median counts. All kinds of load take turns, so that what else goes on in the machine meets all of them. */
const ROUNDS = Number(process.env.ROUNDS ?? 5);
/** The measured load: how many sockets follow each conversation. None of those that the costs are taken from. */
const FOLLOWERS = 3;
const WARM_UP = 4_000;
const PARTS = ['gateways', 'redis', 'load'];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const portOf = ({ webhookUrl }) => Number(new URL(webhookUrl).port);
const check = (status) => {
  if (status !== 204) throw new Error(`a webhook was answered ${status}`);
};

/** Gateways over a Redis of their own. */
async function installation(upstream, count) {
  const redis = await startRedis();
  const env = { ...settingsOver(upstream), EVENT_LOG: redis.url };
  const gateways = await Promise.all(Array.from({ length: count }, () => startServer(GATEWAY, { env })));
  return { redis, gateways, upstream };
}

/** CPU of all gateways together, of Redis, and of this process, in microseconds so far. */
async function spent({ redis, gateways }) {
  const { user, system } = process.cpuUsage();
  const ofGateways = gateways.reduce((sum, gateway) => sum + gateway.usage().cpuSeconds, 0) * 1e6;
  return { gateways: ofGateways, redis: await redis.cpuMicroseconds(), load: user + system };
}

/** What comes in: `send(count)` makes so many events for each gateway ready, and gives what sends them. */
const webhooks = ({ gateways, upstream }, topic) => {
  return async (count) => {
    const loads = await Promise.all(
      gateways.map(async (gateway, index) => {
        const port = portOf(gateway);
        const made = await signedWebhooks(count, { port, topic, privateKey: upstream.privateKey, conversations: CONVERSATIONS });
        // Elsewhere in the round of conversations than the others: two events of one at the same moment would have to wait for each other.
        const from = Math.floor((index * CONVERSATIONS) / gateways.length);
        return { port, events: [...made.slice(from), ...made.slice(0, from)] };
      }),
    );
    const next = (events) => () => events.shift()?.bytes ?? null;
    const options = { connections: 16, durationMs: 600_000, check };
    return (perSecond) => Promise.all(loads.map(({ port, events }) => httpLoad({ port, ...options, perSecond, next: next(events) })));
  };
};

/** The same without a gateway: stored as another one would store it. */
async function foreignEvents({ redis }, topic) {
  const { log } = await openRedis({ target: parseRedisUrl(redis.url), clock: Date.now, retentionMs: 3_600_000 });
  const author = { participantId: 'user', type: 'CUSTOMER', name: null, language: null, removed: null };
  const text = 'A message as long as people write when they describe what went wrong with their order.';
  const data = { isEcho: true, message: { author, text, attachments: [], cards: [] } };
  let made = 0;
  return (count) => async (perSecond) => {
    const startedAt = performance.now();
    const stored = [];
    for (let n = 0; n < count; n += 1) {
      const dueInMs = startedAt + (n * 1_000) / perSecond - performance.now();
      if (dueInMs > 1) await pause(dueInMs);
      const now = new Date();
      const named = { id: `foreign-${(made += 1)}`, conversationId: `${topic}${n % CONVERSATIONS}` };
      stored.push(log.append({ ...named, occurredAt: now, receivedAt: now, type: 'MESSAGE_ADDED', data }));
    }
    await Promise.all(stored);
  };
}

/** One kind of load: so many sockets follow each conversation, each at another gateway as far as there are any. */
async function kindOfLoad(at, topic, followers, source = webhooks) {
  const send = await source(at, topic);
  const kind = { at, followers, rounds: { gateways: [], redis: [], load: [] } };
  let delivered = 0;
  const topics = at.gateways.map(() => []);
  for (let c = 0; c < CONVERSATIONS; c += 1) for (let n = 0; n < followers; n += 1) topics[(c + n) % topics.length].push(`${topic}${c}`);
  for (const [index, own] of topics.entries()) {
    const options = { sockets: own.length, topicOf: (n) => own[n], onNext: () => (delivered += 1) };
    await openSubscribers(portOf(at.gateways[index]), options);
  }
  const run = async (count, perSecond) => {
    const events = count * at.gateways.length;
    const go = await send(count);
    delivered = 0;
    const before = await spent(at);
    await go(perSecond);
    for (let waited = 0; delivered < events * followers; waited += 1) {
      if (waited > 10_000) throw new Error(`${events * followers - delivered} deliveries have not come`);
      await pause(1);
    }
    const after = await spent(at);
    return Object.fromEntries(PARTS.map((part) => [part, (after[part] - before[part]) / events]));
  };
  /** Resolves to what an event costs. */
  kind.round = () => run(COUNT, PER_SECOND);
  kind.warmUp = () => run(WARM_UP, 3 * PER_SECOND);
  return kind;
}

const upstream = await startServer(pathOf('servers/upstream.js'));
const installations = [];
for (const count of [1, 2, 3]) installations.push(await installation(upstream, count));
const [single] = installations;
const foundations = {
  alone: await kindOfLoad(single, 'a', 0),
  followed: await kindOfLoad(single, 'b', 1),
  crowded: await kindOfLoad(single, 'c', 6),
  foreign: await kindOfLoad(single, 'd', 1, foreignEvents),
};
const tested = [];
for (const at of installations) tested.push(await kindOfLoad(at, 'm', FOLLOWERS));
const kinds = [...Object.values(foundations), ...tested];
// Until everything hot is compiled, at each gateway.
for (const kind of tested) await kind.warmUp();
for (const kind of kinds) await kind.round();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const kind of kinds) {
    const cost = await kind.round();
    for (const part of PARTS) kind.rounds[part].push(cost[part]);
  }
}
const result = ({ followers, rounds }) => ({
  followers,
  ...Object.fromEntries(PARTS.map((part) => [part, spread(rounds[part]).median])),
});

const costs = costsOf(Object.fromEntries(Object.entries(foundations).map(([name, kind]) => [name, result(kind)])));
for (const [name, kind] of Object.entries(foundations))
  console.log(name, ...PARTS.slice(0, 2).map((part) => `${part} ${kind.rounds[part].map(Math.round)}`));
console.log('costs, µs of CPU:', Object.fromEntries(Object.entries(costs).map(([name, value]) => [name, Math.round(value)])));
console.log(
  `\n| gateways | µs of CPU for a webhook | predicted | measured | least to most | error |\n| --- | --- | --- | --- | --- | --- |`,
);
for (const kind of tested) {
  const gateways = kind.at.gateways.length;
  const foreseen = predicted(costs, { gateways, followers: FOLLOWERS });
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
