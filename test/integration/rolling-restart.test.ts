import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import {
  AllConversationEventsDocument,
  ConversationCursorDocument,
  ConversationEventsDocument,
  GatewayDocument,
} from '../operations/operations.generated.js';
import { Balancer } from '../support/crash/balancer.js';
import { ContactCentreProcess } from '../support/crash/contact-centre-process.js';
import { clientOf, followBy } from '../support/crash/follow.js';
import type { Followable, Followed, Seen } from '../support/crash/follow.js';
import { GatewayProcess, portToKeep } from '../support/crash/gateway-process.js';
import { multipartSubscriber } from '../support/multipart-subscriber.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { untilTrue } from '../support/until.js';

const GATEWAYS = 3;
const ORDER = { lanes: 12, mostQueued: 48, perSecond: 100 };
/** How many events each client sees, at least, before the next gateway is restarted. */
const BETWEEN = 5;
const conversationIds = Array.from({ length: 9 }, (_, n) => `c${n}`);

let redis: RedisServer;
let contactCentre: ContactCentreProcess;
let balancer: Balancer;
let gateways: GatewayProcess[];

/** A gateway, not started yet. */
async function another(): Promise<GatewayProcess> {
  const settings = { PORT: String(await portToKeep()), EVENT_LOG: redis.url, RATE_LIMIT: 'off', DRAIN_SECONDS: '120' };
  const gateway = new GatewayProcess({ ...contactCentre.settings, ...settings });
  gateways.push(gateway);
  return gateway;
}

/** A client that reconnects through the balancer whenever it is closed. */
class Follower {
  /** How many gateways had been restarted or were just being so, each time that it connected. */
  readonly connects: number[] = [];
  readonly seen: Seen[] = [];
  readonly followed: Promise<Followed>;

  constructor(
    readonly what: Followable,
    overMultipart: boolean,
    restarts: () => number,
  ) {
    const connect = () => {
      this.connects.push(restarts());
      const { graphqlUrl, wsUrl } = balancer.urls;
      return Promise.resolve(overMultipart ? multipartSubscriber(graphqlUrl) : clientOf(wsUrl));
    };
    this.followed = followBy(connect, what, this.seen);
  }

  /** In the order in which they came. */
  get ids(): readonly string[] {
    return this.seen.map(({ id }) => id);
  }
}

describeWith('redis-server', HOW_TO_GET_REDIS)('three gateways over one Redis, restarted one after the other while events come in', () => {
  beforeEach(async () => {
    gateways = [];
    [redis, contactCentre, balancer] = await Promise.all([RedisServer.start(), ContactCentreProcess.start(), Balancer.start()]);
  });
  afterEach(async () => {
    balancer.stop();
    await Promise.all(gateways.map((gateway) => gateway.dispose()));
    await Promise.all([redis.dispose(), contactCentre.kill()]);
  });

  it('lose and double nothing, and send nobody away twice for one of them', async () => {
    const { followers } = await rollOver(async (gateway) => {
      await gateway.stop();
      await gateway.start();
    });
    for (const { connects } of followers) expect(connects).toEqual([...new Set(connects)]);
  }, 120_000);

  it('send everybody away only once where a new one is there before an old one goes, and gets those who come', async () => {
    const fresh: GatewayProcess[] = [];
    const { followers } = await rollOver(async (gateway) => {
      fresh.push(await another());
      await fresh.at(-1)?.start();
      balancer.use(await Promise.all(fresh.map((each) => each.listening)));
      await gateway.stop();
    });
    for (const { connects } of followers) expect(connects).toHaveLength(2);
  }, 120_000);
});

/** Lets three gateways serve and be restarted in turn; every client must see all events once and in order. */
async function rollOver(restart: (gateway: GatewayProcess) => Promise<void>): Promise<{ followers: readonly Follower[] }> {
  const serving = await Promise.all(Array.from({ length: GATEWAYS }, another));
  balancer.use(await Promise.all(serving.map((gateway) => gateway.start())));
  let restarts = 0;
  // Over one transport and the other, in turn.
  const followers = (await allToFollow()).map((what, index) => new Follower(what, index % 2 === 1, () => restarts));
  const followed = Promise.all(followers.map((follower) => follower.followed));
  const posted = contactCentre.post({ ...ORDER, webhookUrl: balancer.urls.webhookUrl, conversationIds });

  const restarting = (async () => {
    for (const gateway of serving) {
      await everyoneSeesMore(followers);
      restarts += 1;
      await restart(gateway);
    }
    await everyoneSeesMore(followers);
    contactCentre.finish();
  })();
  const [ledger] = await Promise.all([posted, followed, restarting]);

  const reconnects = followers.map(({ connects }) => connects.length - 1);
  console.log(
    `events ${ledger.events.length}, requests ${ledger.tries}, answers ${JSON.stringify(ledger.answers)}; restarts ${restarts}; ` +
      `reconnects of each subscriber ${reconnects.join(' ')}; seen by each ${followers.map(({ seen }) => seen.length).join(' ')}`,
  );
  const feeds = followers.filter(({ what }) => what.variables['id'] === undefined);
  for (const feed of feeds) expect(feed.ids.toSorted()).toEqual(ledger.events.map(({ eventId }) => eventId).toSorted());
  for (const { what, ids } of followers.filter((follower) => !feeds.includes(follower))) {
    const its = ledger.events.filter(({ conversationId }) => conversationId === what.variables['id']).map(({ eventId }) => eventId);
    expect(ids.toSorted()).toEqual(its.toSorted());
    for (const feed of feeds) expect(feed.ids.filter((id) => its.includes(id))).toEqual(ids);
  }
  return { followers };
}

/** Every conversation, and twice all of them. */
async function allToFollow(): Promise<Followable[]> {
  const { gateway } = await query(GatewayDocument, {});
  const feed = {
    document: AllConversationEventsDocument,
    variables: {},
    origin: gateway.latestCursor,
    endings: conversationIds.length,
  };
  const each = conversationIds.map(async (id) => {
    const { conversation } = await query(ConversationCursorDocument, { id });
    return { document: ConversationEventsDocument, variables: { id }, origin: conversation?.latestCursor ?? '', endings: 1 };
  });
  return [feed, feed, ...(await Promise.all(each))];
}

function everyoneSeesMore(followers: readonly Follower[]): Promise<void> {
  const before = followers.map(({ seen }) => seen.length);
  return untilTrue(() => followers.every(({ seen }, index) => seen.length >= (before[index] ?? 0) + BETWEEN));
}

async function query<T, V>(document: TypedDocumentNode<T, V>, variables: V): Promise<T> {
  const response = await fetch(balancer.urls.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ query: print(document), variables }),
  });
  return ((await response.json()) as { data: T }).data;
}
