import { setTimeout as after } from 'node:timers/promises';
import { print } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { ConversationEventsDocument, CreateConversationDocument, SendMessageDocument } from '../operations/operations.generated.js';
import { KillableGateway } from '../support/killable-gateway.js';
import { untilTrue } from '../support/until.js';

/** How long it goes on; `npm run test:soak` takes ten minutes. */
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 20);
const WORKERS = 4;
/** How long each rests after a round: the simulator remembers 50,000 events, and all are counted. */
const REST_MS = 600;
/** More than ten listeners of one thing on one emitter are a leak: Node warns of them, and this gateway ends at that. */
const ENDS_AT_LEAKED_LISTENERS = `--import data:text/javascript,process.on('warning',({name})=>name.startsWith('MaxListeners')&&process.exit(1))`;
const MEBIBYTE = 1_048_576;
/** What the agent says in a round. */
const TEXTS = ['Hello', 'One moment', 'Done'];

let gateway: KillableGateway;
beforeAll(async () => {
  gateway = await KillableGateway.start({}, { NODE_OPTIONS: ENDS_AT_LEAKED_LISTENERS });
});
afterAll(() => gateway.stop());

async function ask<T, V>(document: TypedDocumentNode<T, V>, variables: V): Promise<T> {
  const body = JSON.stringify({ query: print(document), variables });
  const response = await fetch(gateway.urls.graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return ((await response.json()) as { data: T }).data;
}

/** A conversation from its beginning to its end, followed by a client of its own, which is then gone. Returns the ids of the events that the client saw. */
async function round(): Promise<string[]> {
  const { centre, channelId } = gateway.simulator;
  const { createConversation } = await ask(CreateConversationDocument, { input: { channelId, customer: {} } });
  const id = createConversation.conversation?.conversationId ?? '';
  const client = createClient({ url: gateway.urls.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  const query = print(ConversationEventsDocument);
  const seen: string[] = [];
  const following = (async () => {
    let ended = false;
    for await (const { data } of client.iterate<{ conversationEvents: { id: string; type: string; state?: string } }>({
      query,
      variables: { id, after: createConversation.cursor },
    })) {
      const event = data?.conversationEvents;
      if (event !== undefined) seen.push(event.id);
      ended ||= event?.type === 'INTERACTION_ENDED';
      if (ended && gateway.simulator.centre.conversation(id).state === 'idle' && seen.length > deliveredTo(id)) return;
    }
  })();
  await untilTrue(() => centre.conversation(id).interactions.length > 0);
  centre.agentAccepts(id);
  for (const text of TEXTS) centre.agentSays(id, text);
  await ask(SendMessageDocument, { input: { conversationId: id, text: 'Thank you', idempotencyKey: id } });
  centre.agentLeaves(id);
  await following;
  await client.dispose();
  return seen;
}

/** How many events the contact centre has of a conversation. */
const deliveredTo = (id: string) =>
  gateway.simulator.webhookSender.deliveries().filter(({ conversationId }) => conversationId === id).length;

async function measured() {
  const text = await (await fetch(new URL('/metrics', gateway.urls.graphqlUrl))).text();
  const value = (sample: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${sample} `))
        ?.slice(sample.length + 1) ?? 0,
    );
  return {
    memory: Math.round(value('process_resident_memory_bytes') / MEBIBYTE),
    sockets: value('gateway_sockets'),
    subscriptions: value('gateway_subscriptions'),
    queued: value('gateway_queued_events'),
    upstream: value('gateway_upstream_in_flight'),
    timers: value('nodejs_active_resources{type="Timeout"}'),
    stored: value('gateway_webhooks_total{outcome="stored"}'),
    slow: value('gateway_slow_consumers_total'),
  };
}

/** Rounds, several at a time, for so long; then all is still. */
async function work(ms: number): Promise<{ rounds: number; seen: number; ids: number }> {
  const until = performance.now() + ms;
  const seen: string[][] = [];
  const worker = async () => {
    while (performance.now() < until) {
      seen.push(await round());
      await after(REST_MS);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  await gateway.simulator.webhookSender.settled();
  await untilTrue(async () => (await measured()).sockets === 0);
  return { rounds: seen.length, seen: seen.flat().length, ids: new Set(seen.flat()).size };
}

it(
  'stays as it is however long it runs: memory, sockets, subscriptions, timers and listeners, and counts that add up',
  async () => {
    const idle = await measured();
    await work(SECONDS * 250);
    const warm = await measured();
    const { rounds, seen, ids } = await work(SECONDS * 750);
    const end = await measured();
    console.log(JSON.stringify({ rounds, seen, idle, warm, end }));

    // Each event once to its follower; and of each round one more, the gateway's own.
    expect(ids).toBe(seen);
    expect(seen).toBe(end.stored - warm.stored + rounds);
    expect(end.stored).toBe(gateway.simulator.webhookSender.deliveries().length);
    expect(end).toMatchObject({ sockets: 0, queued: 0, upstream: 0, slow: 0, subscriptions: idle.subscriptions });
    expect(end.timers).toBeLessThanOrEqual(idle.timers + 5);
    expect(end.memory).toBeLessThan(warm.memory + 64);
  },
  120_000 + SECONDS * 2_000,
);
