// What shards and polling cost, at the event log: `node bench/shards.js [redis://127.0.0.1:6379]`; embedded without an address. Build first (`npm run build`).
// Needs a dedicated Redis: it writes under the prefix `bench-shards`, and does not clean up.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isInShard } from '../build/domain/shard.js';
import { readFeed } from '../build/events/delivery/read-feed.js';
import { openRedis } from '../build/events/redis/open.js';
import { parseRedisUrl } from '../build/events/redis/redis-url.js';
import { openSqliteLog } from '../build/events/sqlite/open.js';
import { messageEvent } from './lib/message-event.js';

const [url] = process.argv.slice(2);
const EVENTS = url === undefined ? 20_000 : 4_000;
const CONVERSATIONS = 1_000;
const COUNTS = [1, 4, 16];
const BATCH = 500;

const directory = mkdtempSync(join(tmpdir(), 'bench-shards-'));
const log =
  url === undefined
    ? await openSqliteLog({ directory, clock: Date.now, queueLimit: EVENTS })
    : (
        await openRedis({
          target: parseRedisUrl(url),
          clock: Date.now,
          retentionMs: 3_600_000,
          prefix: 'bench-shards',
          queueLimit: EVENTS,
        })
      ).log;

const run = Math.random().toString(36).slice(2);
const event = (number) => messageEvent(`${run}-${number}`, `conversation-${run}-${number % CONVERSATIONS}`);

let appended = 0;
async function append(count) {
  for (const end = appended + count; appended < end;)
    await Promise.all(Array.from({ length: Math.min(BATCH, end - appended) }, () => log.append(event((appended += 1)))));
}

/** Milliseconds until `count` subscribers, each of a shard, have received `EVENTS` events between them. */
async function deliver(count, after, work) {
  const startedAt = performance.now();
  let received = 0;
  let done;
  const all = new Promise((resolve) => (done = resolve));
  const subscriptions = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const subscription = await log.subscribe('all', { shard: { index, count }, ...(after === null ? {} : { after }) });
      const write = () => {
        received += 1;
        if (received === EVENTS) done();
        return null;
      };
      subscription.pipeTo({ write, end: () => undefined });
      return subscription;
    }),
  );
  await Promise.all([work(), all]);
  const elapsed = performance.now() - startedAt;
  for (const subscription of subscriptions) await subscription.return();
  return Math.round(elapsed);
}

const nothing = () => Promise.resolve();
const origin = await (await log.head()).cursor('all');
await append(EVENTS);
const stored = {};
for (const count of COUNTS) stored[count] = await deliver(count, origin, nothing);
const live = {};
for (const count of COUNTS) live[count] = await deliver(count, null, () => append(EVENTS));

/** Milliseconds of a call, and the calls and milliseconds to the end of the log. */
async function poll(wants, limit = 100) {
  let calls = 0;
  const startedAt = performance.now();
  for (let after = origin, hasMore = true; hasMore; calls += 1)
    ({ endCursor: after, hasMore } = await readFeed(log, { after, limit, wants }));
  const elapsed = performance.now() - startedAt;
  return { calls, msPerCall: Number((elapsed / calls).toFixed(2)), ms: Math.round(elapsed) };
}
const polled = {
  'every event': await poll(null),
  'one shard of 4': await poll(({ conversationId }) => isInShard(conversationId, { index: 0, count: 4 })),
  'one shard of 64': await poll(({ conversationId }) => isInShard(conversationId, { index: 0, count: 64 })),
  'no event': await poll(() => false),
};
console.log(JSON.stringify({ engine: url === undefined ? 'embedded' : 'Redis', events: EVENTS, stored, live, polled }, null, 2));
await log.close();
rmSync(directory, { recursive: true, force: true });
