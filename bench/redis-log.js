// The cost of the event log in Redis: memory per event and conversation, and append throughput of 1, 2 and 3 processes. `node bench/redis-log.js redis://127.0.0.1:6379`
// Needs a dedicated Redis: it writes under the prefix `bench`, and does not clean up. Build first (`npm run build`).
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { openRedis } from '../build/events/redis/open.js';
import { parseRedisUrl } from '../build/events/redis/redis-url.js';
import { messageEvent } from './lib/message-event.js';

const [url, worker] = process.argv.slice(2);
const CONVERSATIONS = 500;
const EVENTS = 20;
const SECONDS = 4;
const IN_FLIGHT = 64;

/** Number of replicas to wait for, as in the gateway. */
const replicas = Number(process.env['LOG_REPLICAS'] ?? 0);
const open = async (prefix) =>
  (await openRedis({ target: parseRedisUrl(url), clock: Date.now, retentionMs: 72 * 3_600_000, prefix, replicas })).log;

async function memory() {
  const redis = new Redis(url);
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))[1]);
  const log = await open('bench-memory');
  const steps = [await used()];
  for (let round = 0; round < EVENTS; round += 1) {
    await Promise.all(
      Array.from({ length: CONVERSATIONS }, (_, c) =>
        log.append(messageEvent(`00000000-0000-4000-8000-${round}-${c}`, `conversation-${c}`)),
      ),
    );
    if (round === 0) steps.push(await used());
  }
  steps.push(await used());
  await log.close();
  redis.disconnect();
  const [none, one, all] = steps;
  return {
    firstEventBytes: Math.round((one - none) / CONVERSATIONS),
    furtherEventBytes: Math.round((all - one) / (CONVERSATIONS * (EVENTS - 1))),
  };
}

async function appendFor(seconds) {
  const log = await open('bench-rate');
  const until = performance.now() + seconds * 1_000;
  let count = 0;
  const lane = async (n) => {
    for (let k = 0; performance.now() < until; k += 1) {
      await log.append(messageEvent(`${process.pid}-${n}-${k}`, `conversation-${process.pid}-${n}`));
      count += 1;
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, n) => lane(n)));
  const { user, system } = process.cpuUsage(before);
  await log.close();
  return { count, cpuMicroseconds: user + system };
}

async function rates() {
  const redis = new Redis(url);
  const cpu = async () => {
    const info = await redis.info('cpu');
    return ['used_cpu_user', 'used_cpu_sys'].reduce((sum, name) => sum + Number(new RegExp(`${name}:([\\d.]+)`).exec(info)[1]), 0);
  };
  for (const processes of [1, 2, 3]) {
    const before = await cpu();
    const children = Array.from({ length: processes }, () => fork(fileURLToPath(import.meta.url), [url, 'worker']));
    const reports = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0]));
    const count = reports.reduce((sum, one) => sum + one.count, 0);
    const ofGateways = reports.reduce((sum, one) => sum + one.cpuMicroseconds, 0);
    const ofRedis = ((await cpu()) - before) * 1e6;
    console.log(
      `${processes} process(es): ${Math.round(count / SECONDS)} appends/s; CPU for one append: Redis ${Math.round(ofRedis / count)} µs, process ${Math.round(ofGateways / count)} µs`,
    );
  }
  redis.disconnect();
}

if (worker === 'worker') {
  process.send(await appendFor(SECONDS), () => process.exit());
} else {
  console.log(await memory());
  await rates();
}
