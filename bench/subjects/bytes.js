// What the log keeps: of old messages that were looked at, of recent ones without events, and of message events; in SQLite on disk, in Redis in memory.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILDS, startBuild } from '../lib/builds.js';
import { MESSAGES } from '../lib/conversations.js';
import { httpLoad } from '../lib/http-load.js';
import { portOf, send } from '../lib/looks.js';
import { pathOf, startServer } from '../lib/processes.js';
import { freshRequests } from '../lib/queries.js';
import { startRedis } from '../lib/redis-process.js';
import { signedWebhooks } from '../lib/webhooks.js';

const LOOKS = Number(process.env.LOOKS ?? 2_000);
const EVENTS = Number(process.env.WEBHOOKS ?? 8_000);

const checkStored = (status) => {
  if (status !== 204) throw new Error(`a webhook was answered ${status}`);
};

/** Each as something that is done with a gateway, and of how many messages. */
const worksWith = (events) => ({
  'an old message that was read': [(server) => send(server, freshRequests(portOf(server), 'first'), LOOKS), LOOKS * MESSAGES],
  'a recent message that was read, without an event': [
    (server) => send(server, freshRequests(portOf(server), 'recentfirst'), LOOKS),
    LOOKS * MESSAGES,
  ],
  'a stored message event': [
    (server) => {
      const bytes = events.map((event) => event.bytes).values();
      const options = { connections: 64, durationMs: 300_000, next: () => bytes.next().value ?? null, check: checkStored };
      return httpLoad({ port: portOf(server), ...options });
    },
    EVENTS,
  ],
});

/** The size of a directory's files, which no process has open. */
const sizeOf = (directory) => readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);

/** By how much `work` lets a log on disk grow, which is measured while no gateway has it open. */
async function onDisk(name, upstream, work) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-bytes-'));
  const visit = async (doing) => {
    const server = await startBuild(name, upstream, { EVENT_LOG: `file:${directory}` });
    await doing(server);
    await server.stop();
    return sizeOf(directory);
  };
  const before = await visit((server) => send(server, freshRequests(portOf(server), 'other'), 10));
  const after = await visit(work);
  rmSync(directory, { recursive: true, force: true });
  return after - before;
}

/** By how much `work` lets the memory of a Redis grow. */
async function inRedis(name, upstream, work) {
  const redis = await startRedis();
  const server = await startBuild(name, upstream, { EVENT_LOG: redis.url });
  await send(server, freshRequests(portOf(server), 'other'), 10);
  const before = await redis.datasetBytes();
  await work(server);
  const after = await redis.datasetBytes();
  await server.stop();
  await redis.stop();
  return after - before;
}

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const { port, privateKey } = upstream;
  const works = worksWith(await signedWebhooks(EVENTS, { port, privateKey, conversations: LOOKS }));
  const engines = { SQLite: onDisk, ...(spawnSync('redis-server', ['--version']).status === 0 ? { Redis: inRedis } : {}) };
  const table = [];
  for (const [what, [work, messages]] of Object.entries(works)) {
    for (const [engine, measure] of Object.entries(engines)) {
      const row = { 'bytes for each': `${what}, ${engine}` };
      for (const name of Object.keys(BUILDS)) row[name] = ((await measure(name, upstream, work)) / messages).toFixed(0);
      table.push(row);
    }
  }
  await upstream.stop();
  return [{ id: 'bytes', title: 'What the log keeps, on disk with SQLite, in memory with Redis', table }];
}
