// The inbox over many conversations: `node bench/inbox.js [100000]`. Build first (`npm run build`).
// Time of a page of 20 with state, last message, unread messages and assignment, warm and after a restart, beside `{ __typename }` in the same run, in turns; the size of the index.
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDriver } from '../build/events/sqlite/driver.js';
import { openSqliteLog } from '../build/events/sqlite/open.js';
import { GATEWAY, settingsOver } from './lib/gateway-settings.js';
import { pathOf, startServer } from './lib/processes.js';

const CONVERSATIONS = Number(process.argv[2] ?? 100_000);
const ROUNDS = 300;
const IN_FLIGHT = 512;
const PAGE = `{ inbox(first: 20) { nodes { conversationId state unreadCount lastActivityAt assignment { type name } customer { name }
  lastMessage { id text author { type name } } } pageInfo { endCursor hasNextPage } } }`;

const directory = mkdtempSync(join(tmpdir(), 'bench-inbox-'));

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
  const log = await openSqliteLog({ directory, clock: Date.now });
  let next = 0;
  const lane = async () => {
    while (next < CONVERSATIONS) for (const event of eventsOf((next += 1))) await log.append(event);
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  console.log(`${Math.round((3 * CONVERSATIONS) / ((performance.now() - began) / 1_000))} appends/s`);
  await log.close();
}

/** Bytes per conversation of the inbox's tables and indices: what their removal frees. */
function indexBytes() {
  const driver = openDriver(join(directory, 'events.db'));
  const free = () => driver.rows('PRAGMA freelist_count')[0].freelist_count;
  const { page_size: pageSize } = driver.rows('PRAGMA page_size')[0];
  const before = free();
  driver.exec('BEGIN; DELETE FROM inbox');
  const freed = free() - before;
  driver.exec('ROLLBACK');
  driver.close();
  return Math.round((freed * pageSize) / CONVERSATIONS);
}

function post(url, agent, query) {
  const body = JSON.stringify({ query });
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

async function measure(name, settings) {
  const gateway = await startServer(GATEWAY, { env: settings });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const first = await post(gateway.graphqlUrl, agent, PAGE);
  const { data, errors } = JSON.parse(first.text);
  if (errors !== undefined || data.inbox.nodes.length !== 20) throw new Error(first.text.slice(0, 500));
  const times = { typename: [], inbox: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.typename.push((await post(gateway.graphqlUrl, agent, '{ __typename }')).ms);
    times.inbox.push((await post(gateway.graphqlUrl, agent, PAGE)).ms);
  }
  const [typename, inbox] = [median(times.typename.slice(50)), median(times.inbox.slice(50))];
  console.log(
    `${name}: first ${first.ms.toFixed(1)} ms; p50 ${inbox.toFixed(2)} ms, __typename ${typename.toFixed(2)} ms, ${(inbox / typename).toFixed(2)} times`,
  );
  agent.destroy();
  await gateway.stop();
}

await fill();
const upstream = await startServer(pathOf('servers/upstream.js'));
const settings = { ...settingsOver(upstream), EVENT_LOG: `file:${directory}` };
await measure('started', settings);
await measure('restarted', settings);
await upstream.stop();
console.log(`${indexBytes()} bytes per conversation`);
rmSync(directory, { recursive: true });
