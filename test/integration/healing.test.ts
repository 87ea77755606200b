import { EventsDocument, GatewayDocument, MessagesDocument, SendMessageDocument } from '../operations/operations.generated.js';
import type { HeldEvent } from '../../src/simulator/hold-points.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { CHAT_API_V2 } from '../support/generations.js';
import { FollowedConversation } from './followed-conversation.js';

/** How far the contact centre's clock is behind. */
let behindMs = 0;
const AFTER_MS = 400;

let gateway: RunningGateway;
const start = (after: number | null = AFTER_MS) =>
  RunningGateway.start({ config: { healing: { afterMs: after, callsPerSecond: 0 } }, simulator: { clock: () => Date.now() - behindMs } });

/** A conversation that began a while ago, with an agent, all of whose later messages are reported only on release. */
async function heldConversation(
  input: Parameters<typeof FollowedConversation.create>[1] = {},
): Promise<{ followed: FollowedConversation; release: () => void; held: readonly HeldEvent[] }> {
  behindMs = 60_000;
  const followed = await FollowedConversation.create(gateway, input);
  await followed.next(3);
  gateway.simulator.centre.agentAccepts(followed.id);
  await followed.expectNext('AGENT_JOINED');
  behindMs = 0;
  const { held, release } = gateway.simulator.holdPoints.hold('event', ({ eventType }) => eventType === 'MESSAGE');
  return { followed, held, release };
}

const read = async (id: string) => {
  const { conversation } = await gateway.get(MessagesDocument, { id, last: 20 });
  return conversation?.messages?.edges.map(({ node }) => ({ id: node.id, text: node.text })) ?? [];
};

const storedMessages = async (id: string) => {
  const { conversation } = await gateway.get(EventsDocument, { id, first: 100, types: ['MESSAGE_ADDED'] });
  return conversation?.events.edges.map(({ node }) => node.id) ?? [];
};

const sourcesOf = async (id: string): Promise<readonly string[]> => {
  const query = `query ($id: ID!) { conversation(id: $id) { events(first: 100, types: [MESSAGE_ADDED]) { edges { node { source } } } } }`;
  interface Sources {
    conversation: { events: { edges: { node: { source: string } }[] } };
  }
  const { data } = await gateway.post<Sources>({ query, variables: { id } });
  return data?.conversation.events.edges.map(({ node }) => node.source) ?? [];
};

const attempts = (id: string) =>
  gateway.simulator.webhookSender.deliveries().filter(({ conversationId, eventType }) => conversationId === id && eventType === 'MESSAGE');

describe('messages whose webhook does not arrive', () => {
  beforeAll(async () => {
    gateway = await start();
  });
  afterAll(() => gateway.stop());

  it('are delivered after a query has read them, under the ids that it returned; their late originals are acknowledged and not delivered', async () => {
    const { followed, release, held } = await heldConversation();
    const { centre } = gateway.simulator;
    const { id } = followed;
    for (const text of ['Hello', 'How can I help?', 'Hello']) centre.agentSays(id, text);
    await untilTrue(() => held.length === 3);
    const calls = () => gateway.simulator.calls.length;
    const shown = await read(id);
    expect(shown.map(({ text }) => text)).toEqual(['Hello', 'How can I help?', 'Hello']);
    const before = calls();
    const delivered = await followed.next(3);
    expect(calls()).toBe(before);
    expect(
      delivered.map((event) => (event.__typename === 'MessageAdded' ? { id: event.message.id, text: event.message.text } : null)),
    ).toEqual(shown);
    expect(await sourcesOf(id)).toEqual(['HISTORY', 'HISTORY', 'HISTORY']);
    expect(await read(id)).toEqual(shown);

    release();
    await gateway.simulator.webhookSender.settled();
    expect(attempts(id).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    centre.agentSays(id, 'Bye');
    const [bye] = await followed.next(1);
    expect(bye).toMatchObject({ __typename: 'MessageAdded', message: { text: 'Bye' } });
    expect(await storedMessages(id)).toHaveLength(4);
    const metrics = await (await fetch(gateway.addresses.url + '/metrics')).text();
    expect(metrics).toContain('gateway_healed_events_total{type="MESSAGE_ADDED"} 3');
    const healed = gateway.log.lines.filter(({ message }) => message.startsWith('event healed'));
    expect(healed).toHaveLength(3);
    expect(JSON.stringify(healed)).not.toContain('How can I help?');
  });

  it('carry the clientMessageId of those sent through the gateway', async () => {
    const { followed, release, held } = await heldConversation();
    const { id } = followed;
    await gateway.get(SendMessageDocument, { input: { conversationId: id, sendAs: 'CUSTOMER', text: 'Mine', clientMessageId: 'mine' } });
    await untilTrue(() => held.length === 1);
    const [shown] = await read(id);
    const [event] = await followed.next(1);
    expect(event).toMatchObject({ __typename: 'MessageAdded', isEcho: true, message: { id: shown?.id, clientMessageId: 'mine' } });
    release();
    await gateway.simulator.webhookSender.settled();
    expect(await storedMessages(id)).toHaveLength(1);
  });

  it('are not healed of the history that a conversation was created with', async () => {
    const history = [{ sentAs: 'CUSTOMER' as const, text: 'Long ago' }];
    const { followed, release, held } = await heldConversation({ history });
    gateway.simulator.centre.agentSays(followed.id, 'Just now');
    await untilTrue(() => held.length === 1);
    expect(await read(followed.id)).toHaveLength(2);
    // The older one is due first.
    expect(await followed.next(1)).toMatchObject([{ __typename: 'MessageAdded', message: { text: 'Just now' } }]);
    expect(await storedMessages(followed.id)).toHaveLength(1);
    release();
  });

  it('are found by an upstream that says so', async () => {
    expect((await gateway.get(GatewayDocument)).gateway.capabilities).toContain('HEALING');
    const off = await RunningGateway.start({ config: { healing: { afterMs: null, callsPerSecond: 0 } } });
    expect((await off.get(GatewayDocument)).gateway.capabilities).not.toContain('HEALING');
    await off.stop();
    const older = await RunningGateway.start({ generation: CHAT_API_V2 });
    expect((await older.get(GatewayDocument)).gateway.capabilities).not.toContain('HEALING');
    await older.stop();
  });
});
