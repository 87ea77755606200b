import { setTimeout as after } from 'node:timers/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { CreateConversationDocument, EventsDocument, MessagesDocument } from '../operations/operations.generated.js';
import { KillableGateway } from '../support/killable-gateway.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { untilTrue } from '../support/until.js';

const KILLS = 10;
const CONVERSATIONS = 3;
/** Of each conversation, before each kill. */
const MESSAGES = 15;
/** How long the gateway goes on after the queries whose messages it heals, in milliseconds; mostly much shorter, since healing is quick. */
const LONGEST_LIFE_MS = 250;

let running: KillableGateway;
/** How far the contact centre's clock is behind: what is said is overdue already. */
let behindMs: number;

const start = (settings: Readonly<Record<string, string>> = {}): Promise<KillableGateway> => {
  behindMs = 120_000;
  return KillableGateway.start({ clock: () => Date.now() - behindMs }, { HEAL_AFTER_SECONDS: '1', ...settings });
};

async function ask<T, V>(document: TypedDocumentNode<T, V>, variables: V): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(running.urls.graphqlUrl, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data: T | null; errors?: unknown };
  if (data === null || errors !== undefined) throw new Error(`the answer has errors: ${JSON.stringify(errors)}`);
  return data;
}

async function storedEvents(id: string): Promise<{ id: string; text: string | null; messageId: string }[]> {
  const stored: { id: string; text: string | null; messageId: string }[] = [];
  for (let from: string | null = null, more = true; more;) {
    const { conversation }: Awaited<ReturnType<typeof readEvents>> = await readEvents(id, from);
    for (const { node } of conversation?.events.edges ?? []) {
      if (node.__typename === 'MessageAdded') stored.push({ id: node.id, text: node.message.text, messageId: node.message.id });
    }
    from = conversation?.events.pageInfo.endCursor ?? null;
    more = conversation?.events.pageInfo.hasNextPage === true;
  }
  return stored;
}

const readEvents = (id: string, from: string | null) => ask(EventsDocument, { id, first: 100, after: from, types: ['MESSAGE_ADDED'] });

async function openConversation(): Promise<string> {
  const { channelId, centre } = running.simulator;
  const { createConversation } = await ask(CreateConversationDocument, { input: { channelId, customer: {} } });
  const id = createConversation.conversation?.conversationId ?? '';
  await untilTrue(async () => {
    const { conversation } = await ask(EventsDocument, { id, first: 10, types: ['INTERACTION_QUEUED'] });
    return conversation?.events.edges.length === 1;
  });
  centre.agentAccepts(id);
  return id;
}

async function killAgainAndAgain(): Promise<void> {
  const { centre, holdPoints, webhookSender } = running.simulator;
  const ids = await Promise.all(Array.from({ length: CONVERSATIONS }, openConversation));
  behindMs = 60_000;
  const { held, release } = holdPoints.hold('event', ({ eventType }) => eventType === 'MESSAGE');
  const query = async () => {
    for (const part of [{ first: 100 }, { last: 100 }]) await Promise.all(ids.map((id) => ask(MessagesDocument, { id, ...part })));
  };
  const said: string[] = [];
  const found: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    for (let n = 0; n < MESSAGES; n += 1) {
      said.push(`${n % 4} of ${kill}`);
      for (const id of ids) centre.agentSays(id, said.at(-1) ?? '');
    }
    await query();
    await after(Math.random() ** 3 * LONGEST_LIFE_MS);
    await running.kill();
    await running.startAgain();
    found.push((await storedEvents(ids[0] ?? '')).length);
  }
  console.log(`stored of ${MESSAGES} more messages each time, after each kill: ${found.join(', ')}`);
  const check = async () => {
    for (const id of ids) {
      const stored = await storedEvents(id);
      expect(stored.map(({ text }) => text).toSorted()).toEqual(said.toSorted());
      expect(new Set(stored.map(({ messageId }) => messageId)).size).toBe(said.length);
    }
  };
  await untilTrue(async () => {
    await query();
    return (await Promise.all(ids.map(storedEvents))).every(({ length }) => length >= said.length);
  });
  await check();
  await untilTrue(() => held.length === said.length * CONVERSATIONS);
  release();
  await webhookSender.settled();
  expect(webhookSender.deliveries().every(({ state }) => state === 'delivered')).toBe(true);
  await check();
}

const STORES_EACH_ONCE = 'stores each message once, and none of their late originals';

describe('a gateway that is killed again and again while it heals', () => {
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.stop());

  it(STORES_EACH_ONCE, killAgainAndAgain, 300_000);
});

describeWith('redis-server', HOW_TO_GET_REDIS)('a gateway over Redis that is killed again and again while it heals', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start('--appendfsync', 'always');
    running = await start({ EVENT_LOG: redis.url });
  });
  afterAll(async () => {
    await running.stop();
    await redis.dispose();
  });

  it(STORES_EACH_ONCE, killAgainAndAgain, 300_000);
});
