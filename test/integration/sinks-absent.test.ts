import type { Client } from 'graphql-ws';
import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import type { CustomerPresence } from '../../src/events/port/customer-presence.js';
import type { SharedStores } from '../../src/events/redis/open.js';
import { parseSinks } from '../../src/sinks/settings.js';
import { SINK_TIMES } from '../../src/sinks/start-sinks.js';
import type { SinkTimes } from '../../src/sinks/start-sinks.js';
import { openRedisAt } from '../contract/event-log/redis-log.js';
import { messageAdded } from '../contract/event-log/sample-events.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { RunningGateway } from '../support/running-gateway.js';
import { SinkReceiver } from '../support/sink-receiver.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { dataAs, socketAs } from './access-client.js';

/** Leases are shared soon, so that either gateway has its part of the conversations. */
const TIMES: Partial<SinkTimes> = {
  limits: { ...SINK_TIMES.limits, firstDelayMs: 20, maxDelayMs: 200 },
  leases: { ttlMs: 5_000, renewMs: 50, recordMs: 50 },
};
const EVENTS = 'subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { id type } }';
const CREATE = `mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) { cursor conversation { conversationId } }
}`;
interface Created {
  readonly cursor: string;
  readonly conversation: { readonly conversationId: string };
}

describeWith('redis-server', HOW_TO_GET_REDIS)('a sink for absent customers, of two gateways over one Redis', () => {
  let redis: RedisServer;
  let receiver: SinkReceiver;
  let one: RunningGateway;
  let other: RunningGateway;
  let stores: SharedStores;
  let presence: CustomerPresence;
  let service: string;
  let mia: string;
  const clients: Client[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start('--appendfsync', 'always');
    receiver = new SinkReceiver();
    await receiver.listen();
    service = await signed({ scope: 'chat:service', sub: 'bot' });
    mia = await signed({ scope: 'chat:customer', sub: 'mia', customer_id: 'mia' });
    const faults: string[] = [];
    const { url, secret } = receiver;
    const list = [{ name: 'push', url, secret, when: 'ABSENT', types: ['MESSAGE_ADDED'], allowPrivate: true }];
    const sinks = parseSinks(JSON.stringify(list), (fault) => faults.push(fault));
    expect(faults).toEqual([]);
    const config = { eventLog: { redis: redis.asLog }, auth: WITH_SECRET, sinks };
    one = await RunningGateway.start({ config, overrides: { sinkTimes: TIMES } });
    const upstream = simulatedUpstream(one.simulator, one.generation.name);
    other = await RunningGateway.start({ config: { ...config, upstream }, overrides: { sinkTimes: TIMES } });
    stores = await openRedisAt(redis.url, { prefix: redis.asLog.prefix, clock: Date.now, retentionMs: 72 * 3_600_000 });
    presence = stores.openPresence();
  });
  afterAll(async () => {
    for (const client of clients) await client.dispose();
    presence.close();
    await stores.log.close();
    await other.stop();
    await one.stop();
    await receiver.close();
    await redis.dispose();
    expect(receiver.errors).toEqual([]);
  });

  const append = (id: string, conversationId: string) =>
    stores.log.append(messageAdded(id, `text of ${id}`, { conversationId, receivedAt: Date.now(), occurredAt: Date.now() }));
  const deliveredOf = (conversationId: string) => receiver.byConversation().get(conversationId) ?? [];
  /** How many events a gateway did not have to deliver. */
  const skippedAt = async (gateway: RunningGateway): Promise<number> => {
    const text = await (await fetch(new URL('/metrics', gateway.addresses.url))).text();
    return Number(/^gateway_sink_deliveries_total\{sink="push",outcome="skipped"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const follow = (client: Client, { cursor, conversation }: Created) => {
    const variables = { id: conversation.conversationId, after: cursor };
    return client.iterate<{ conversationEvents: { id: string } }>({ query: EVENTS, variables });
  };
  const client = (gateway: RunningGateway, token: string) => {
    const opened = socketAs(gateway, token);
    clients.push(opened);
    return opened;
  };
  const create = () => dataAs<Created>(one, mia, CREATE, { input: { channelId: one.simulator.channelId, customer: {} } });

  it('delivers nothing while the customer has a live subscription at either, and everything once the socket is closed', async () => {
    const everybody = client(other, service);
    const customer = client(one, mia);
    const ids: string[] = [];
    // Until either gateway was in charge of a conversation whose customer was there.
    while (ids.length === 0 || (await skippedAt(one)) === 0 || (await skippedAt(other)) === 0) {
      const created = await create();
      const { conversationId } = created.conversation;
      // A service's subscription does not count.
      await follow(everybody, created).next();
      await append(`before ${conversationId}`, conversationId);
      await untilTrue(() => deliveredOf(conversationId).length === 1);

      await follow(customer, created).next();
      await untilTrue(() => presence.isPresent(conversationId));
      const skipped = (await skippedAt(one)) + (await skippedAt(other));
      await append(`during ${conversationId}`, conversationId);
      await untilTrue(async () => (await skippedAt(one)) + (await skippedAt(other)) > skipped);
      ids.push(conversationId);
    }
    await customer.dispose();
    for (const id of ids) {
      await untilTrue(async () => !(await presence.isPresent(id)));
      await append(`after ${id}`, id);
    }
    for (const id of ids) await untilTrue(() => deliveredOf(id).includes(`after ${id}`));
    // In order: what was skipped is not delivered later.
    for (const id of ids) expect(deliveredOf(id)).toEqual([`before ${id}`, `after ${id}`]);
  });

  it('delivers at the other gateway after the one with the socket has stopped', async () => {
    const created = await create();
    const { conversationId } = created.conversation;
    await append(`before ${conversationId}`, conversationId);
    await untilTrue(() => deliveredOf(conversationId).length === 1);
    await follow(client(other, mia), created).next();
    await untilTrue(() => presence.isPresent(conversationId));
    await other.gateway.close();
    // Not by expiry, which takes longer than the drain.
    expect(await presence.isPresent(conversationId)).toBe(false);
    await append(`after ${conversationId}`, conversationId);
    await untilTrue(() => deliveredOf(conversationId).length === 2);
    expect(deliveredOf(conversationId)).toEqual([`before ${conversationId}`, `after ${conversationId}`]);
    await other.restart();
  });
});
