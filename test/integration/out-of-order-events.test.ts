import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import type { HeldEvent } from '../../src/simulator/hold-points.js';
import { ConversationDocument, EventsDocument } from '../operations/operations.generated.js';
import { describeGenerations } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { createConversation, ofType } from './followed-conversation.js';

const signingKey = createSigningKey('known');
/** No two things happen in the same millisecond: so that their times alone say which was first. */
const clock = { last: 0, now: () => (clock.last = Math.max(Date.now(), clock.last + 1)) };

let gateway: RunningGateway;
/** A conversation with a transfer, over in the end, whose events are all held back. */
async function undeliveredConversation(): Promise<{ id: string; events: readonly HeldEvent[]; deliver: () => void }> {
  const { centre, holdPoints, webhookSender, queueIds } = gateway.simulator;
  const hold = holdPoints.hold('event');
  const { id } = await createConversation(gateway);
  centre.agentAccepts(id);
  centre.agentSays(id, 'Let me hand you over');
  centre.agentTransfers(id, queueIds[1] ?? '', { order: 'left-first' });
  centre.agentAccepts(id);
  centre.agentSays(id, 'Here I am');
  centre.agentLeaves(id);
  const happened = webhookSender.deliveries().filter(({ conversationId }) => conversationId === id).length;
  await untilTrue(() => hold.held.length === happened);
  return { id, events: hold.held, deliver: () => hold.release() };
}

async function post({ eventId, body }: HeldEvent, retry: number): Promise<number> {
  const { tenantId, customerId } = gateway.simulator;
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = await signedHeaders({ body: bytes, tenantId, customerId, eventId, retry, transmissionTime: Date.now() }, signingKey);
  return (await fetch(gateway.addresses.webhookUrl, { method: 'POST', headers, body: bytes })).status;
}

const ORDERS: [string, (events: readonly HeldEvent[]) => readonly HeldEvent[]][] = [
  ['as they happened', (events) => events],
  ['in reverse', (events) => events.toReversed()],
  [
    'with every other one late',
    (events) => [...events.filter((_, index) => index % 2 === 0), ...events.filter((_, index) => index % 2 === 1)],
  ],
  ['with the last ones first', (events) => [...events.slice(-4), ...events.slice(0, -4)]],
];

describeGenerations('events in any order', (generation) => {
  beforeAll(async () => {
    gateway = await RunningGateway.start({
      generation,
      simulator: { signingKey, clock: clock.now },
      overrides: { settleDelaysMs: [5, 20, 100, 500] },
    });
  });
  afterAll(() => gateway.stop());

  it.each(ORDERS)('has the same result when events arrive %s and each of them three times', async (_what, order) => {
    const { id, events, deliver } = await undeliveredConversation();
    const disordered = order(events);
    for (const [retry, event] of [...disordered, ...disordered.toReversed()].entries()) expect(await post(event, retry)).toBe(204);
    deliver();
    await gateway.simulator.webhookSender.settled();

    const stored = async () =>
      (await gateway.get(EventsDocument, { id, first: 100 })).conversation?.events.edges.map(({ node }) => node) ?? [];
    await untilTrue(async () => ofType(await stored(), 'InteractionEnded').length > 0);
    const storedEvents = await stored();
    expect(storedEvents).toHaveLength(events.length + 1);
    expect(new Set(storedEvents.map((event) => event.id)).size).toBe(storedEvents.length);
    const leavings = ofType(storedEvents, 'AgentLeft').sort((a, b) => a.occurredAt.localeCompare(b.occurredAt));
    expect(leavings.map(({ endsInteraction }) => endsInteraction)).toEqual([false, true]);
    expect(ofType(storedEvents, 'InteractionEnded')).toMatchObject([{ reason: 'AGENT_LEFT' }]);
    const { conversation } = await gateway.get(ConversationDocument, { id });
    expect(conversation).toMatchObject({
      state: 'IDLE',
      interactions: { nodes: [{ endedAt: expect.any(String) }] },
      messages: { totalCount: 2, nodes: [{ text: 'Let me hand you over' }, { text: 'Here I am' }] },
    });
    expect(conversation?.messages?.nodes.map((message) => message.id).sort()).toEqual(
      ofType(storedEvents, 'MessageAdded')
        .map(({ message }) => message.id)
        .sort(),
    );
  });
});
