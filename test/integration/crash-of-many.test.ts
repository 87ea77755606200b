import { setTimeout as after } from 'node:timers/promises';
import { print } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { Client } from 'graphql-ws';
import {
  AllConversationEventsDocument,
  ConversationCursorDocument,
  ConversationEventsDocument,
  GatewayDocument,
} from '../operations/operations.generated.js';
import { ContactCentreProcess } from '../support/crash/contact-centre-process.js';
import { clientOf, followBy } from '../support/crash/follow.js';
import type { Followed } from '../support/crash/follow.js';
import { GatewayProcess, portToKeep } from '../support/crash/gateway-process.js';
import type { GatewayUrls } from '../support/crash/gateway-process.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';

/** For how long processes are killed, in seconds. */
const SECONDS = Number(process.env['CRASH_SECONDS'] ?? 20);
const GATEWAYS = 3;
const PER_SECOND = 150;
/** How long all are left alone between two kills, and how long the killed one stays away, at most, in milliseconds. */
const LONGEST_PEACE_MS = 700;
const LONGEST_ABSENCE_MS = 300;
const conversationIds = Array.from({ length: 12 }, (_, n) => `c${n}`);

let redis: RedisServer | undefined;
let contactCentre: ContactCentreProcess | undefined;
const gateways: GatewayProcess[] = [];

/** Whatever they connect to, they connect to one of all by chance, as behind a load balancer. */
async function anyClient(): Promise<Client> {
  const gateway = gateways[Math.floor(Math.random() * gateways.length)];
  if (gateway === undefined) throw new Error('there is no gateway');
  const { wsUrl } = await gateway.listening;
  return clientOf(wsUrl);
}

describeWith('redis-server', HOW_TO_GET_REDIS)('three gateways over one Redis, all of them killed in turn', () => {
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.dispose()));
    await Promise.all([redis?.dispose(), contactCentre?.kill()]);
  });

  it(
    'show clients that resume anywhere every acknowledged event once, in the order of the log',
    async () => {
      redis = await RedisServer.start('--appendfsync', 'always');
      contactCentre = await ContactCentreProcess.start();
      for (let count = 0; count < GATEWAYS; count += 1) {
        gateways.push(new GatewayProcess({ ...contactCentre.settings, PORT: String(await portToKeep()), EVENT_LOG: redis.url }));
      }
      const urls = await Promise.all(gateways.map((gateway) => gateway.start()));
      const [first] = urls as [GatewayUrls];
      const origins = await Promise.all(conversationIds.map((id) => latestCursor(first, id)));
      const { gateway: all } = await query(first, GatewayDocument, {});
      const followed = Promise.all(followEach(origins));
      const feeds = Promise.all([followFeed(all.latestCursor), followFeed(all.latestCursor)]);

      const [webhookUrl = '', ...otherWebhookUrls] = urls.map((each) => each.webhookUrl);
      const posted = contactCentre.post({
        webhookUrl,
        otherWebhookUrls,
        conversationIds,
        lanes: 24,
        mostQueued: 48,
        perSecond: PER_SECOND,
      });
      const kills = await Promise.race([killInTurn(redis, SECONDS * 1_000), failureOf(followed), failureOf(feeds)]);
      contactCentre.finish();
      const [ledger, live, everything] = await Promise.all([posted, followed, feeds]);
      const replayed = await Promise.all(followEach(origins));

      const resumes = [...live, ...everything].reduce((sum, one) => sum + one.resumes, 0);
      console.log(
        `${SECONDS} s; events ${ledger.events.length}, all acknowledged in the end; requests ${ledger.tries}; answers ${JSON.stringify(ledger.answers)}; ` +
          `kills of gateways ${kills.gateways}, of Redis ${kills.redis}; subscribers ${live.length + everything.length}, resumes ${resumes}; ` +
          `seen by conversation ${countOf(live)}, replayed ${countOf(replayed)}, by those of all ${everything.map((feed) => feed.seen.length).join(' and ')}`,
      );
      const acknowledged = ledger.events.map(({ eventId }) => eventId).toSorted();
      for (const feed of everything) expect(feed.seen.map(({ id }) => id).toSorted()).toEqual(acknowledged);
      conversationIds.forEach((id, index) => {
        const ofIt = ledger.events.filter(({ conversationId }) => conversationId === id).map(({ eventId }) => eventId);
        expect(live[index]?.seen.map((event) => event.id).toSorted()).toEqual(ofIt.toSorted());
        expect(live[index]?.seen).toEqual(replayed[index]?.seen);
        const order = live[index]?.seen.map((event) => event.id);
        const ids = new Set(order);
        for (const feed of everything) expect(feed.seen.map((event) => event.id).filter((one) => ids.has(one))).toEqual(order);
      });
      expect(resumes).toBeGreaterThanOrEqual(kills.gateways);
    },
    SECONDS * 1_000 + 150_000,
  );
});

function followEach(origins: readonly string[]): Promise<Followed>[] {
  return conversationIds.map((id, index) =>
    followBy(anyClient, { document: ConversationEventsDocument, variables: { id }, origin: origins[index] ?? '', endings: 1 }),
  );
}

function followFeed(origin: string): Promise<Followed> {
  return followBy(anyClient, { document: AllConversationEventsDocument, variables: {}, origin, endings: conversationIds.length });
}

/** One after the other, always while events come in; the moments are what chance gives, so these waits wait for nothing else. */
async function killInTurn(server: RedisServer, forMs: number): Promise<{ gateways: number; redis: number }> {
  const until = performance.now() + forMs;
  const kills = { gateways: 0, redis: 0 };
  for (let turn = 0; performance.now() < until; turn += 1) {
    await after(Math.random() * LONGEST_PEACE_MS);
    const gateway = gateways[turn % (GATEWAYS + 1)];
    await (gateway ?? server).kill();
    await after(Math.random() * LONGEST_ABSENCE_MS);
    if (gateway === undefined) {
      await server.restart();
      kills.redis += 1;
    } else {
      await gateway.start();
      kills.gateways += 1;
    }
  }
  return kills;
}

const countOf = (followed: readonly Followed[]): number => followed.reduce((sum, { seen }) => sum + seen.length, 0);

/** Never resolves; rejects as `promise` does. */
function failureOf(promise: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    promise.catch(reject);
  });
}

async function latestCursor(urls: GatewayUrls, id: string): Promise<string> {
  return (await query(urls, ConversationCursorDocument, { id })).conversation?.latestCursor ?? '';
}

async function query<T, V>({ graphqlUrl }: GatewayUrls, document: TypedDocumentNode<T, V>, variables: V): Promise<T> {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: print(document), variables }),
  });
  return ((await response.json()) as { data: T }).data;
}
