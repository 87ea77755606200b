// The inbox over many conversations: `node bench/inbox.js [100000] [redis]`; in the embedded log without `redis`, else over a Redis of its own. Build first (`npm run build`).
// Time of a page of 20 with state, last message, unread messages and assignment, warm and after a restart, beside `{ __typename }` in the same run, in turns; upstream calls; the size of the index.
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openRedis } from '../build/events/redis/open.js';
import { parseRedisUrl } from '../build/events/redis/redis-url.js';
import { openDriver } from '../build/events/sqlite/driver.js';
import { openSqliteLog } from '../build/events/sqlite/open.js';
import { GATEWAY, settingsOver } from './lib/gateway-settings.js';
import { pathOf, startServer } from './lib/processes.js';
import { startRedis } from './lib/redis-process.js';

const CONVERSATIONS = Number(process.argv[2] ?? 100_000);
const ROUNDS = 300;
const IN_FLIGHT = 512;
/** Pages of 100 read for the size of what reading adds. */
const PAGES = Math.min(50, Math.floor(CONVERSATIONS / 200));
const selection =
  'nodes { conversationId state unreadCount lastActivityAt assignment { type name } customer { name } lastMessage { id text author { type name } } }';
const PAGE = `{ inbox(first: 20) { ${selection} pageInfo { endCursor hasNextPage } } }`;
const NEXT = 'query ($after: String) { inbox(first: 100, after: $after) { nodes { state } pageInfo { endCursor } } }';

const directory = mkdtempSync(join(tmpdir(), 'bench-inbox-'));
const redis = process.argv[3] === 'redis' ? await startRedis() : null;

const openLog = async () =>
  redis === null
    ? openSqliteLog({ directory, clock: Date.now })
    : (await openRedis({ target: parseRedisUrl(redis.url), clock: Date.now, retentionMs: 72 * 3_600_000 })).log;

/** Of a conversation: it is reported, queued, and its customer writes. */
function eventsOf(number) {
  const base = { conversationId: `conversation-${number}`, occurredAt: new Date(), receivedAt: new Date(), source: 'WEBHOOK' };
  const customer = { name: `Customer ${number}`, customerId: `customer-${number}`, email: null, phone: null, company: null, caseId: null };
  const author = { participantId: 'user', type: 'CUSTOMER', name: null, language: 'en', removed: null };
  const text = `A message of usual length, which says something and ends here: ${number}`;
  return [
    {
      ...base,
      id: `u-${number}`,
      type: 'CONVERSATION_UPDATED',
      data: {
        upstreamState: 'active',
        assignment: null,
        channelType: null,
        customer: { ...customer, language: 'en', timezoneOffsetMinutes: null, ipAddress: null, properties: [] },
      },
    },
    { ...base, id: `q-${number}`, type: 'INTERACTION_QUEUED', data: { queue: { queueId: 'queue-1', name: 'Support' } } },
    { ...base, id: `m-${number}`, type: 'MESSAGE_ADDED', data: { isEcho: false, message: { author, text, attachments: [], cards: [] } } },
  ];
}

async function fill() {
  const log = await openLog();
  let next = 0;
  const lane = async () => {
    while (next < CONVERSATIONS) for (const event of eventsOf((next += 1))) await log.append(event);
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  console.log(`${Math.round((3 * CONVERSATIONS) / ((performance.now() - began) / 1_000))} appends/s`);
  await log.close();
}

/** Bytes per conversation in the embedded log, of tables and indices: what their removal frees. */
function sizesInSqlite() {
  const driver = openDriver(join(directory, 'events.db'));
  const free = () => driver.rows('PRAGMA freelist_count')[0].freelist_count;
  const { page_size: pageSize } = driver.rows('PRAGMA page_size')[0];
  const bytesOf = (table) => {
    const [{ count }] = driver.rows(`SELECT count(*) AS count FROM ${table}`);
    const before = free();
    driver.exec(`BEGIN; DELETE FROM ${table}`);
    const freed = free() - before;
    driver.exec('ROLLBACK');
    return Math.round((freed * pageSize) / count);
  };
  const sizes = { entry: bytesOf('inbox'), 'summary, once read': bytesOf('summaries') };
  driver.close();
  return sizes;
}

/** Bytes of memory per conversation in Redis: its entry, as long as nobody has read it and after, and its place. */
async function sizesInRedis() {
  const client = new Redis(redis.url);
  const indices = await client.keys('*}:kb');
  const mean = async (keys) => {
    let bytes = 0;
    for (const key of keys) bytes += await client.memory('USAGE', key, 'SAMPLES', '0');
    return bytes / keys.length;
  };
  const entriesAt = async (from, to) =>
    (
      await Promise.all(
        indices.map(async (index) => (await client.zrange(index, from, to)).map((hash) => index.replace(/kb$/, `b:${hash}`))),
      )
    ).flat();
  const places = ((await mean(indices)) * indices.length) / CONVERSATIONS;
  const sizes = { place: places, entry: await mean(await entriesAt(0, 19)), 'entry, once read': await mean(await entriesAt(-20, -1)) };
  client.disconnect();
  return Object.fromEntries(Object.entries(sizes).map(([name, bytes]) => [name, Math.round(bytes)]));
}

function post(url, agent, query, variables = {}) {
  const body = JSON.stringify({ query, variables });
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const sent = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ ms: performance.now() - began, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** How many calls a gateway has made to the contact centre. */
async function upstreamCalls({ graphqlUrl }) {
  const metrics = await (await fetch(new URL('/metrics', graphqlUrl))).text();
  return [...metrics.matchAll(/^gateway_upstream_call_seconds_count\{[^}]*\} (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function measure(name, settings) {
  const gateway = await startServer(GATEWAY, { env: settings });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (query, variables) => post(gateway.graphqlUrl, agent, query, variables);
  const first = await ask(PAGE);
  const { data, errors } = JSON.parse(first.text);
  if (errors !== undefined || data.inbox.nodes.length !== 20) throw new Error(first.text.slice(0, 500));
  const times = { typename: [], inbox: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.typename.push((await ask('{ __typename }')).ms);
    times.inbox.push((await ask(PAGE)).ms);
  }
  const [typename, inbox] = [median(times.typename.slice(50)), median(times.inbox.slice(50))];
  console.log(
    `${name}: first ${first.ms.toFixed(1)} ms; p50 ${inbox.toFixed(2)} ms, __typename ${typename.toFixed(2)} ms, ${(inbox / typename).toFixed(2)} times; ${await upstreamCalls(gateway)} upstream calls`,
  );
  for (let page = 0, after = null; page < PAGES; page += 1)
    after = JSON.parse((await ask(NEXT, { after })).text).data.inbox.pageInfo.endCursor;
  agent.destroy();
  await gateway.stop();
}

await fill();
const upstream = await startServer(pathOf('servers/upstream.js'));
const settings = { ...settingsOver(upstream), EVENT_LOG: redis?.url ?? `file:${directory}` };
await measure('started', settings);
await measure('restarted', settings);
await upstream.stop();
console.log('bytes per conversation:', redis === null ? sizesInSqlite() : await sizesInRedis());
await redis?.stop();
rmSync(directory, { recursive: true });
