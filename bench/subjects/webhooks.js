// Webhooks: verified, stored on disk and delivered, against a bare server that only verifies; and how long an event is on its way from there to a subscriber.
import { httpLoad } from '../lib/http-load.js';
import { BUILDS, startBuild } from '../lib/builds.js';
import { settingsOver } from '../lib/gateway-settings.js';
import { NODE_ARGS, pathOf, startServer } from '../lib/processes.js';
import { ROUNDS, ROUND_MS, alternate } from '../lib/rounds.js';
import { quantiles } from '../lib/statistics.js';
import { Journeys, signedWebhooks } from '../lib/webhooks.js';
import { openSubscribers } from '../lib/ws-load.js';

const CONVERSATIONS = 1_000;
const PER_ROUND = Number(process.env.WEBHOOKS ?? 8_000);
const RATES = [100, 500, 1_000];
const SERVERS = { ...BUILDS, verifier: pathOf('servers/verifier.js') };
const isGateway = (name) => name in BUILDS;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const check = (status) => {
  if (status !== 204) throw new Error(`a webhook was answered ${status}`);
};
const portOf = ({ webhookUrl }) => Number(new URL(webhookUrl).port);

async function listeners(server, onNext) {
  const options = { sockets: 100, subscriptions: CONVERSATIONS / 100, topicOf: (n) => `t${n}`, onNext };
  return openSubscribers(portOf(server), options);
}

async function throughput(upstream) {
  const competitors = {};
  for (const [name, script] of Object.entries(SERVERS)) {
    const server = await startServer(script, { nodeArgs: isGateway(name) ? NODE_ARGS : [], env: settingsOver(upstream) });
    const journeys = new Journeys();
    const open = isGateway(name) ? await listeners(server, journeys.onNext) : [];
    const events = await signedWebhooks(PER_ROUND * (ROUNDS + 1), {
      port: portOf(server),
      privateKey: upstream.privateKey,
      conversations: CONVERSATIONS,
    });
    competitors[name] = {
      server,
      open,
      run: async () => {
        const some = events.splice(0, PER_ROUND);
        const next = () => {
          const event = some.shift();
          if (isGateway(name) && event !== undefined) journeys.sent(event.eventId);
          return event?.bytes ?? null;
        };
        const { perSecond, latencyMs } = await httpLoad({ port: portOf(server), connections: 64, durationMs: 60_000, next, check });
        for (let waited = 0; journeys.due > 0 && waited < 10_000; waited += 2) await pause(2);
        if (journeys.due > 0) throw new Error(`${journeys.due} events were not delivered`);
        return { rate: perSecond, p50: latencyMs.p50, p99: latencyMs.p99 };
      },
    };
  }
  const rounds = await alternate(competitors);
  for (const { server, open } of Object.values(competitors)) {
    for (const subscriber of open) subscriber.close();
    await server.stop();
  }
  return {
    id: 'webhooks',
    title: 'Webhooks verified, stored on disk and delivered',
    unit: 'webhooks/s',
    baseline: 'verifier',
    rounds,
    notes: [],
  };
}

/** By rate. */
async function latencies(name, upstream) {
  const server = await startBuild(name, upstream);
  const journeys = new Journeys();
  const open = await listeners(server, journeys.onNext);
  const values = {};
  for (const perSecond of [500, ...RATES]) {
    const count = Math.floor((perSecond * ROUND_MS) / 1000);
    const events = await signedWebhooks(count, { port: portOf(server), privateKey: upstream.privateKey, conversations: CONVERSATIONS });
    journeys.latencies = [];
    const next = () => {
      const event = events.shift();
      if (event !== undefined) journeys.sent(event.eventId);
      return event?.bytes ?? null;
    };
    await httpLoad({ port: portOf(server), connections: 64, durationMs: ROUND_MS, next, check, perSecond });
    await pause(100);
    const { p50, p99 } = quantiles(journeys.latencies);
    values[perSecond] = { p50, p99 };
  }
  for (const subscriber of open) subscriber.close();
  await server.stop();
  return values;
}

async function journey(upstream) {
  const builds = {};
  for (const name of Object.keys(BUILDS)) builds[name] = await latencies(name, upstream);
  const table = RATES.map((rate) => {
    const row = { rate: `${rate}/s` };
    for (const [name, values] of Object.entries(builds)) {
      row[`p50, ${name}`] = values[rate].p50;
      row[`p99, ${name}`] = values[rate].p99;
    }
    return row;
  });
  return { id: 'journey', title: 'From the POST of a webhook to its subscriber, log on disk, milliseconds', table };
}

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const results = [await throughput(upstream), await journey(upstream)];
  await upstream.stop();
  return results;
}
