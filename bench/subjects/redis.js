// Gateways that share a Redis: webhooks arrive at one, and subscribers connect to all. Only if redis-server is installed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { settingsOver, startGateway } from '../lib/gateway-settings.js';
import { httpLoad } from '../lib/http-load.js';
import { pathOf, startServer } from '../lib/processes.js';
import { ROUND_MS } from '../lib/rounds.js';
import { quantiles } from '../lib/statistics.js';
import { Journeys, signedWebhooks } from '../lib/webhooks.js';
import { openSubscribers } from '../lib/ws-load.js';

const GATEWAYS = [1, 2, 4];
const CONVERSATIONS = 200;
const PER_SECOND = 300;
const WEBHOOKS = Number(process.env.WEBHOOKS ?? 4_000);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const portOf = ({ webhookUrl }) => Number(new URL(webhookUrl).port);
const check = (status) => {
  if (status !== 204) throw new Error(`a webhook was answered ${status}`);
};

async function startRedis() {
  const directory = mkdtempSync(`${tmpdir()}/bench-redis-`);
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  const settings = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, ...settings], {
    stdio: 'ignore',
  });
  await pause(500);
  return {
    url: `redis://127.0.0.1:${port}/0`,
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function withGateways(count, upstream) {
  const redis = await startRedis();
  const env = { ...settingsOver(upstream), EVENT_LOG: redis.url };
  const gateways = await Promise.all(Array.from({ length: count }, () => startGateway(env)));
  const journeys = new Journeys();
  // Every conversation is listened to at one gateway, which is nearly always another than the one that its webhooks come in at.
  const open = [];
  for (const [n, gateway] of gateways.entries()) {
    const own = CONVERSATIONS / count;
    open.push(...(await openSubscribers(portOf(gateway), { sockets: own, topicOf: (m) => `t${n * own + m}`, onNext: journeys.onNext })));
  }
  await pause(500);
  const load = async (events, durationMs, perSecond) => {
    const next = () => {
      const event = events.shift();
      if (event !== undefined) journeys.sent(event.eventId);
      return event?.bytes ?? null;
    };
    const options = { connections: 64, durationMs, next, check, perSecond };
    const { perSecond: rate } = await httpLoad({ port: portOf(gateways[0]), ...options });
    for (let waited = 0; journeys.due > 0 && waited < 10_000; waited += 2) await pause(2);
    if (journeys.due > 0) throw new Error(`${journeys.due} events were not delivered`);
    return rate;
  };
  const signed = (some) =>
    signedWebhooks(some, { port: portOf(gateways[0]), privateKey: upstream.privateKey, conversations: CONVERSATIONS });
  await load(await signed(1_000), 60_000, null);
  const rate = await load(await signed(WEBHOOKS), 60_000, null);
  journeys.latencies = [];
  await load(await signed((PER_SECOND * ROUND_MS) / 1000), ROUND_MS, PER_SECOND);
  const { p50, p99 } = quantiles(journeys.latencies);
  for (const subscriber of open) subscriber.close();
  for (const gateway of gateways) await gateway.stop();
  await redis.stop();
  return {
    gateways: String(count),
    'webhooks/s at one of them': rate,
    [`p50 ms at ${PER_SECOND}/s`]: p50,
    [`p99 ms at ${PER_SECOND}/s`]: p99,
  };
}

/** Null without redis-server. */
export async function run() {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const table = [];
  for (const count of GATEWAYS) table.push(await withGateways(count, upstream));
  await upstream.stop();
  return [{ id: 'redis', title: 'Gateways that share a Redis with fsync on every write: in at one, out at all', table }];
}
