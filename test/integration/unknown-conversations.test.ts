import { setTimeout as pause } from 'node:timers/promises';
import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { AllConversationEventsDocument, EventsDocument, InboxDocument, MessagesDocument } from '../operations/operations.generated.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';

const MINUTE = 60_000;
const TIMINGS = { tickMs: 50, retryMs: 100, quietMs: 120 * MINUTE, silenceMs: 120 * MINUTE };

/** How far the clocks of gateways and of the contact centre are ahead. */
let aheadMs = 0;
const clock = () => Date.now() + aheadMs;
const passes = (ms: number) => (aheadMs += ms);

const CUSTOMER = { fields: { name: 'Mia', userId: 'mia' }, metadata: {}, additionalProperties: [] };
const FROM_CUSTOMER = { authorType: 'user', attachments: [], cards: [] } as const;
const FROM_BOT = { authorType: 'bot', attachments: [], cards: [] } as const;

const start = (config: object = {}, timings: object = {}) =>
  RunningGateway.start({
    config: { healing: { afterMs: 30_000, callsPerSecond: 50 }, ...config },
    simulator: { clock },
    overrides: { clock, healTimings: { ...TIMINGS, ...timings } },
  });

/** A conversation that was created with a history, as bots hand them over. */
const create = ({ centre, channelId }: Simulator): string =>
  centre.create({
    channelId,
    customer: CUSTOMER,
    assignment: null,
    history: [
      { ...FROM_CUSTOMER, text: 'imported' },
      { ...FROM_BOT, text: 'imported too' },
    ],
  }).id;

/** An agent accepts it and says the first word, long before the margin of an import is over; the customer answers. */
async function goOn({ centre }: Simulator, ids: readonly string[]): Promise<void> {
  // A moment later than the conversation is created.
  await pause(20);
  for (const id of ids) {
    centre.agentAccepts(id);
    centre.agentSays(id, 'hello');
    centre.receive(id, { ...FROM_CUSTOMER, text: 'yes' });
    centre.receive(id, { ...FROM_CUSTOMER, text: 'yes' });
  }
}

/** Whoever follows all conversations: what was delivered, and how often. */
class Follower {
  readonly events: { readonly __typename: string; readonly id: string; readonly conversationId: string }[] = [];
  #results: { stop(): Promise<void> } | null = null;

  constructor(private readonly gateway: RunningGateway) {}

  follow(after?: string | null): void {
    const results = this.gateway.subscribe(AllConversationEventsDocument, { after: after ?? null });
    this.#results = results;
    const read = async () => {
      for (;;) {
        const event = (await results.next()).data?.allConversationEvents;
        if (event?.conversationId !== undefined && event.conversationId !== null)
          this.events.push({ __typename: event.__typename, id: event.id, conversationId: event.conversationId });
      }
    };
    read().catch(() => undefined);
  }

  async stop(): Promise<void> {
    await this.#results?.stop();
  }

  count(id: string, type: string): number {
    return this.events.filter(({ conversationId, __typename }) => conversationId === id && __typename === type).length;
  }

  get repeats(): number {
    return this.events.length - new Set(this.events.map(({ id }) => id)).size;
  }
}

const latestCursor = async (gateway: RunningGateway) =>
  (await gateway.post<{ gateway: { latestCursor: string } }>({ query: '{ gateway { latestCursor } }' })).data?.gateway.latestCursor;

/** Texts and ids of the messages that events have reported. */
async function reported(gateway: RunningGateway, id: string) {
  const { conversation } = await gateway.get(EventsDocument, { id, first: 100, types: ['MESSAGE_ADDED'] });
  const messages = (conversation?.events.edges ?? []).flatMap(({ node }) => (node.__typename === 'MessageAdded' ? [node.message] : []));
  return { texts: messages.map(({ text }) => text), ids: messages.map((message) => message.id).sort() };
}

/** In the order of the list, which distinguishes the imported ones by their texts. */
async function listedIds(gateway: RunningGateway, id: string): Promise<readonly string[]> {
  const { conversation } = await gateway.get(MessagesDocument, { id, first: 100 });
  const edges = conversation?.messages?.edges ?? [];
  return edges.flatMap(({ node }) => (node.text?.startsWith('imported') === true ? [] : [node.id])).sort();
}

/** Conversations begin, go on and end while no gateway runs and no webhook arrives. */
async function beginAway(gateways: readonly RunningGateway[]): Promise<void> {
  const [one] = gateways;
  if (one === undefined) throw new Error('no gateway');
  const { simulator } = one;
  const { centre } = simulator;
  // A conversation that is over before, and one that goes on.
  const over = create(simulator);
  const open = create(simulator);
  await goOn(simulator, [over, open]);
  centre.agentLeaves(over);
  await simulator.webhookSender.settled();
  await untilTrue(async () => (await reported(one, open)).texts.length === 3);
  await untilTrue(async () => {
    const { conversation } = await one.get(EventsDocument, { id: over, first: 1, types: ['INTERACTION_ENDED'] });
    return conversation?.events.edges.length === 1;
  });
  passes(MINUTE);
  const cursor = await latestCursor(one);
  for (const gateway of gateways) await gateway.gateway.close();

  simulator.faults.set({ 'event-dropped': 1 });
  const begun = create(simulator);
  const ended = create(simulator);
  await goOn(simulator, [begun, ended]);
  centre.receive(over, { ...FROM_CUSTOMER, text: 'once more' });
  centre.agentAccepts(over);
  centre.agentSays(over, 'welcome back');
  for (const id of [over, ended]) centre.agentLeaves(id);
  await simulator.webhookSender.settled();
  simulator.faults.set({});
  passes(30 * MINUTE);

  simulator.calls.length = 0;
  for (const gateway of gateways) await gateway.restart(Number(new URL(gateway.addresses.url).port));
  simulator.setWebhookUrl(one.addresses.webhookUrl);
  const followers = gateways.map((gateway) => new Follower(gateway));
  for (const follower of followers) follower.follow(cursor);
  for (const follower of followers) {
    await untilTrue(
      () => [begun, ended].every((id) => follower.count(id, 'MessageAdded') >= 3) && follower.count(over, 'MessageAdded') >= 2,
    );
    await untilTrue(() => [over, ended].every((id) => follower.count(id, 'InteractionEnded') >= 1));
    await untilTrue(() => [begun, ended].every((id) => follower.count(id, 'ConversationUpdated') >= 1));
  }
  await untilTrue(async () => {
    const queued = await Promise.all(
      gateways.map(async ({ addresses }) =>
        (await (await fetch(`${addresses.url}/metrics`)).text()).includes('\ngateway_healing_queued 0\n'),
      ),
    );
    return queued.every(Boolean);
  });
  for (const follower of followers) {
    expect(follower.repeats).toBe(0);
    for (const id of [begun, ended, over]) {
      expect(follower.count(id, 'InteractionQueued')).toBe(1);
      expect(follower.count(id, 'MessageAdded')).toBe(id === over ? 2 : 3);
    }
    expect([begun, ended, over, open].map((id) => follower.count(id, 'InteractionEnded'))).toEqual([0, 1, 1, 0]);
  }
  // Each was compared once, by one of the gateways.
  const looks = (id: string) => simulator.calls.filter(({ path }) => path.endsWith(`/conversations/${id}`)).length;
  expect([begun, ended, over, open].map(looks)).toEqual([1, 1, 1, 1]);
  for (const id of [begun, ended]) {
    const { texts, ids } = await reported(one, id);
    expect(texts).toEqual(['hello', 'yes', 'yes']);
    expect(ids).toEqual(await listedIds(one, id));
  }
  const { inbox } = await one.get(InboxDocument, { first: 10 });
  const shown = new Map(inbox.nodes.map((node) => [node.conversationId, node]));
  expect(shown.get(begun)).toMatchObject({ state: 'ACTIVE', lastMessage: { text: 'yes' }, customer: { name: 'Mia' } });
  expect(shown.get(ended)).toMatchObject({ state: 'IDLE', lastMessage: { text: 'yes' } });
  await Promise.all(followers.map((follower) => follower.stop()));
}

describe('conversations that began while the gateway was away', () => {
  it('are found in the contact centre’s list and made up for, but for what was imported into them', async () => {
    const gateway = await start();
    try {
      await beginAway([gateway]);
    } finally {
      await gateway.stop();
    }
  }, 60_000);
});

describeWith('redis-server', HOW_TO_GET_REDIS)('conversations that began while three gateways over one Redis were away', () => {
  it('are found and made up for once', async () => {
    const redis = await RedisServer.start('--appendfsync', 'always');
    const config = { eventLog: { redis: redis.asLog } };
    const one = await start(config);
    const upstream = simulatedUpstream(one.simulator, one.generation.name);
    const others = [await start({ ...config, upstream }), await start({ ...config, upstream })];
    try {
      await beginAway([one, ...others]);
    } finally {
      for (const gateway of [...others, one]) await gateway.stop();
      await redis.dispose();
    }
  }, 120_000);
});

describe('conversations that begin while webhooks are silent', () => {
  it('are found as long as that lasts, and what is lost last when webhooks arrive again', async () => {
    const gateway = await start({}, { silenceMs: 10 * MINUTE, maxSilenceMs: 10 * MINUTE });
    const { simulator } = gateway;
    try {
      const known = create(simulator);
      await goOn(simulator, [known]);
      await simulator.webhookSender.settled();
      const follower = new Follower(gateway);
      follower.follow(await latestCursor(gateway));
      simulator.faults.set({ 'event-dropped': 1 });
      const begun = create(simulator);
      await goOn(simulator, [begun]);
      passes(11 * MINUTE);
      await untilTrue(() => follower.count(begun, 'MessageAdded') === 3);
      // Nothing is open any more: webhooks are known to be lost all the same.
      for (const id of [known, begun]) simulator.centre.agentLeaves(id);
      passes(11 * MINUTE);
      await untilTrue(() => [known, begun].every((id) => follower.count(id, 'InteractionEnded') === 1));
      const later = create(simulator);
      await goOn(simulator, [later]);
      passes(11 * MINUTE);
      await untilTrue(() => follower.count(later, 'MessageAdded') === 3);

      simulator.centre.agentSays(later, 'lost at last');
      await simulator.webhookSender.settled();
      simulator.faults.set({});
      passes(MINUTE);
      const next = create(simulator);
      await simulator.webhookSender.settled();
      await untilTrue(() => follower.count(later, 'MessageAdded') === 4);
      expect(follower.repeats).toBe(0);
      expect((await reported(gateway, later)).texts).toEqual(['hello', 'yes', 'yes', 'lost at last']);
      expect((await reported(gateway, next)).texts).toEqual([]);
      await follower.stop();
    } finally {
      await gateway.stop();
    }
  }, 60_000);
});
