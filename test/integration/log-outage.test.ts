import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print } from 'graphql';
import { Redis } from 'ioredis';
import { UsedTickets } from '../../src/auth/tickets.js';
import { openSqliteLog } from '../../src/events/sqlite/open.js';
import { LogUnavailableError } from '../../src/events/port/errors.js';
import type { EventLog } from '../../src/events/port/event-log.js';
import type { Delivery } from '../../src/events/port/stored-event.js';
import { LocalPresence } from '../../src/events/port/customer-presence.js';
import { InMemoryTypingStore } from '../../src/events/port/typing-store.js';
import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { RateLimitsInMemory } from '../../src/transport/limits/rate-limits-in-memory.js';
import {
  ConversationEventsDocument,
  CreateConversationDocument,
  EventsDocument,
  GatewayDocument,
  SendMessageDocument,
} from '../operations/operations.generated.js';
import type { ConversationEventsSubscription } from '../operations/operations.generated.js';
import { run } from '../support/command.js';
import { EventStreamResults } from '../support/event-stream-results.js';
import { MultipartResults } from '../support/multipart-results.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { RunningGateway, TRANSPORTS } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { subscriberAs } from './access-client.js';
import { CREATED, createConversation } from './followed-conversation.js';
import { connectRaw, operationOn } from './raw-socket.js';

/** It goes on trying for as long as a test may take. */
const retryDelaysMs = Array.from({ length: 5_000 }, () => 20);
const UNAVAILABLE = {
  message: 'The event log is unavailable.',
  extensions: { code: 'EVENT_LOG_UNAVAILABLE', retryAfterSeconds: 2 },
};

describeWith('redis-server', HOW_TO_GET_REDIS)('a gateway whose Redis', () => {
  const key = createSigningKey('known');
  let redis: RedisServer;
  let gateway: RunningGateway;
  beforeEach(async () => {
    redis = await RedisServer.start('--appendfsync', 'always');
    const simulator = { retryDelaysMs, signingKey: key };
    gateway = await RunningGateway.start({ config: { eventLog: { redis: redis.asLog } }, simulator });
  });
  afterEach(async () => {
    await gateway.stop();
    await redis.dispose();
  });

  const readiness = async () => {
    const response = await fetch(new URL('/readyz', gateway.addresses.url));
    const { ready, log } = (await response.json()) as { ready: boolean; log: { ok: boolean; notes: string[] } };
    return { status: response.status, ready, notes: log.notes };
  };
  const create = async () => {
    const { createConversation } = await gateway.get(CreateConversationDocument, {
      input: { channelId: gateway.simulator.channelId, customer: {} },
    });
    const id = createConversation.conversation?.conversationId ?? '';
    await gateway.simulator.webhookSender.settled();
    return { id, cursor: createConversation.cursor };
  };

  /** Sends a signed event of the conversation. */
  const webhook = async (conversationId: string) => {
    const data = { isEcho: false, sender: { id: 'a1', type: 'agent' }, text: 'refused', attachments: [], cards: [] };
    const body = Buffer.from(JSON.stringify({ eventType: 'MESSAGE', conversationId, timestamp: Date.now(), data }));
    const { tenantId, customerId } = gateway.simulator;
    const eventId = randomUUID();
    const headers = await signedHeaders({ body, tenantId, customerId, eventId, retry: 0, transmissionTime: Date.now() }, key);
    return fetch(gateway.addresses.webhookUrl, { method: 'POST', headers, body });
  };

  it('hangs is alive, and not ready, and says why, until it goes on', async () => {
    expect(await readiness()).toEqual({ status: 200, ready: true, notes: [] });
    redis.pause();
    const notes = ['The event log has not answered for 800 ms'];
    expect(await Promise.all([readiness(), readiness()])).toEqual(Array(2).fill({ status: 503, ready: false, notes }));
    expect((await fetch(new URL('/healthz', gateway.addresses.url))).status).toBe(200);
    redis.resume();
    await untilTrue(async () => (await readiness()).ready);
  });

  it('is gone is reported to clients over each transport, without details', async () => {
    const { id, cursor } = await create();
    const subscription = { query: print(ConversationEventsDocument), variables: { id, after: cursor } };
    const socket = await connectRaw(gateway.addresses.wsUrl);
    await redis.kill();
    const [overHttp, query, subscribed, multipart, eventStream] = await Promise.all([
      gateway.ask(GatewayDocument),
      operationOn(socket, 'q', { query: '{ gateway { latestCursor } }' }),
      operationOn(socket, 's', subscription),
      new MultipartResults(gateway.addresses.graphqlUrl, subscription).next(),
      new EventStreamResults(gateway.addresses.graphqlUrl, subscription).next(),
    ]);
    expect(overHttp.errors).toEqual([{ ...UNAVAILABLE, locations: expect.any(Array), path: ['gateway', 'latestCursor'] }]);
    expect(query).toMatchObject({ type: 'next', payload: { data: null, errors: [UNAVAILABLE] } });
    expect(subscribed).toMatchObject({ type: 'next', payload: { errors: [UNAVAILABLE] } });
    for (const stream of [multipart, eventStream]) expect(stream).toMatchObject({ value: { errors: [UNAVAILABLE] } });
    for (const answered of [overHttp.errors, query, subscribed, multipart, eventStream])
      expect(JSON.stringify(answered)).not.toMatch(/redis|connect|retries|127\.0/i);
    socket.terminate();
    await redis.restart();
    await untilTrue(async () => (await gateway.ask(GatewayDocument)).errors.length === 0);
  });

  it('is full rejects webhooks, which are retried, and writes; nothing accepted is lost', async () => {
    const { id } = await create();
    const { centre, webhookSender } = gateway.simulator;
    await untilTrue(() => centre.conversation(id).interactions.length > 0);
    centre.agentAccepts(id);
    centre.agentSays(id, 'before');
    await webhookSender.settled();
    const admin = new Redis(redis.url);
    await admin.config('SET', 'maxmemory', '1mb');
    const { status, notes } = await readiness();
    expect([status, notes]).toEqual([503, [expect.stringContaining('OOM')]]);
    centre.agentSays(id, 'meanwhile');
    await untilTrue(() => webhookSender.deliveries().at(-1)?.attempts[0] !== undefined);
    expect(webhookSender.deliveries().at(-1)).toMatchObject({
      state: 'pending',
      attempts: expect.arrayContaining([expect.objectContaining({ status: 503 })]),
    });
    const answer = await webhook(id);
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([503, '5', { error: 'unavailable' }]);
    const input = { conversationId: id, text: 'again', idempotencyKey: 'k1' };
    const refused = await gateway.ask(SendMessageDocument, { input });
    expect(refused.errors).toMatchObject([{ ...UNAVAILABLE, path: ['sendMessage'] }]);

    await admin.config('SET', 'maxmemory', '0');
    admin.disconnect();
    await untilTrue(async () => (await readiness()).ready);
    expect((await gateway.get(SendMessageDocument, { input })).sendMessage.userErrors).toEqual([]);
    await webhookSender.settled();
    const { conversation } = await gateway.get(EventsDocument, { id, first: 100 });
    const texts = conversation?.events.edges.flatMap(({ node }) => (node.__typename === 'MessageAdded' ? [node.message.text] : []));
    expect(texts?.toSorted()).toEqual(['again', 'before', 'meanwhile']);
    expect(gateway.simulator.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/messages'))).toHaveLength(1);
  });
});

describe.each(TRANSPORTS)('a subscription over %s in the middle of which the log fails', (transport) => {
  let gateway: RunningGateway;
  let directory: string;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'log-outage-'));
    const log = failingOnce(await openSqliteLog({ directory, clock: Date.now }));
    const rateLimits = new RateLimitsInMemory(Date.now);
    const ticketKey = randomBytes(32);
    const stores = {
      log,
      typing: new InMemoryTypingStore(Date.now),
      rateLimits,
      usedTickets: new UsedTickets(Date.now),
      openPresence: () => new LocalPresence(),
      ticketKey: () => ticketKey,
    };
    gateway = await RunningGateway.start({ overrides: { stores } });
  });
  afterEach(async () => {
    await gateway.stop();
    rmSync(directory, { recursive: true });
  });

  it('ends with the code and nothing else of it, and goes on behind the last event', async () => {
    const { id, origin } = await createConversation(gateway);
    await gateway.simulator.webhookSender.settled();
    const client = subscriberAs(gateway, null, transport);
    const received: string[] = [];
    let cursor = origin;
    const follow = async () => {
      const variables = { id, after: cursor };
      const results = client.iterate<ConversationEventsSubscription, { cursor: string }>({
        query: print(ConversationEventsDocument),
        variables,
      });
      for await (const { data, extensions } of results) {
        received.push(data?.conversationEvents.type ?? '');
        cursor = extensions?.cursor ?? '';
        if (received.length === CREATED.length) break;
      }
    };
    await expect(follow()).rejects.toEqual([UNAVAILABLE]);
    expect(received).toEqual(CREATED.slice(0, 2));
    await follow();
    expect(received).toEqual(CREATED);
    await client.dispose();
  });

  if (transport === 'WebSocket')
    it('`events tail` reconnects when the gateway said, and goes on', async () => {
      const { id, origin } = await createConversation(gateway);
      await gateway.simulator.webhookSender.settled();
      const { url } = gateway.addresses;
      const args = ['--url', url, '--conversation', id, '--after', origin, '--limit', String(CREATED.length), '--json'];
      const { code, stdout, stderr } = await run(['events', 'tail', ...args]);
      expect([code, stderr]).toEqual([0, expect.stringContaining('reconnecting')]);
      const lines = stdout.trim().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(CREATED);
    });
});

/** A log that fails whoever first subscribes after a cursor, once two events were delivered. */
function failingOnce(log: EventLog): EventLog {
  let isGood = false;
  const subscribe: EventLog['subscribe'] = async (scope, options) => {
    const subscription = await log.subscribe(scope, options);
    if (isGood || options.after === undefined) return subscription;
    isGood = true;
    const next = subscription.next.bind(subscription);
    const pipeTo = subscription.pipeTo.bind(subscription);
    const failure = new LogUnavailableError('the disk is gone, at /secret/place');
    let delivered = 0;
    subscription.next = () => (delivered++ < 2 ? next() : Promise.reject(failure));
    subscription.pipeTo = (taker) => {
      const take = (delivery: Delivery) => {
        if (delivered++ < 2) return taker.write(delivery);
        throw failure;
      };
      pipeTo({ write: take, end: (error) => taker.end(error) });
    };
    return subscription;
  };
  return new Proxy(log, {
    get: (target, name) => {
      if (name === 'subscribe') return subscribe;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
