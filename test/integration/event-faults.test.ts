import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import type { Delivery } from '../../src/simulator/webhook-sender/delivery-attempt.js';
import { ConversationStateDocument, EventsDocument, HandlingDocument, SendMessageDocument } from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { createConversation, ofType } from './followed-conversation.js';

/** For how long conversations are begun; one round of them in any case. */
const SECONDS = Number(process.env['EVENT_FAULTS_SECONDS'] ?? 0);
const CONVERSATIONS_A_ROUND = 9;
const FAULTS = { 'event-lost': 0.3, 'event-doubled': 0.3, 'event-reordered': 0.3, 'event-delayed': 100 };

const signingKey = createSigningKey('known');
/** No two things happen in the same millisecond: so that their times alone say which was first. */
const clock = { last: 0, now: () => (clock.last = Math.max(Date.now(), clock.last + 1)) };

let faulty: RunningGateway;
let faultless: RunningGateway;
beforeAll(async () => {
  const overrides = { settleDelaysMs: [5, 20, 100, 500, 1_000] };
  faulty = await RunningGateway.start({
    simulator: { signingKey, clock: clock.now, faults: FAULTS, retryDelaysMs: Array.from({ length: 50 }, () => 50) },
    overrides,
  });
  const { apiKey, tenantId, customerId, url } = faulty.simulator;
  faultless = await RunningGateway.start({
    config: { upstream: { kind: 'chat-gateway-v1', url, apiKey, tenantId, customerId } },
    overrides,
  });
});
afterAll(async () => {
  await faultless.stop();
  await faulty.stop();
});

interface Story {
  readonly id: string;
  /** How many interactions are over in the end. */
  readonly ends: number;
}

/** What happens in one conversation; its number decides which of three endings it has. */
async function story(number: number): Promise<Story> {
  const { centre, queueIds } = faulty.simulator;
  const { id } = await createConversation(faulty);
  const write = (text: string) => faulty.get(SendMessageDocument, { input: { conversationId: id, text } });
  const transferred = () => {
    centre.agentTransfers(id, queueIds[1] ?? '', { order: number % 2 === 0 ? 'left-first' : 'transfer-first' });
    centre.agentAccepts(id);
  };
  await write('Is anybody there?');
  centre.agentAccepts(id);
  centre.agentSays(id, 'Let me hand you over');
  transferred();
  centre.agentSays(id, 'Here I am');
  centre.agentLeaves(id);
  if (number % 3 === 0) return { id, ends: 1 };
  await write('One more thing');
  centre.agentAccepts(id);
  if (number % 3 === 1) return { id, ends: 1 };
  transferred();
  centre.agentLeaves(id);
  return { id, ends: 2 };
}

async function stories(): Promise<Story[]> {
  const until = Date.now() + SECONDS * 1_000;
  const all: Story[] = [];
  do {
    for (let n = 0; n < CONVERSATIONS_A_ROUND; n += 1) all.push(await story(all.length));
  } while (Date.now() < until);
  return all;
}

/** The same events, each once, in the order in which they happened, to the other gateway. */
async function sendWithoutFault(deliveries: readonly Delivery[]): Promise<void> {
  const { tenantId, customerId } = faulty.simulator;
  for (const { eventId, body } of deliveries) {
    const bytes = Buffer.from(JSON.stringify(body));
    const transmission = { body: bytes, tenantId, customerId, eventId, retry: 0, transmissionTime: Date.now() };
    const headers = await signedHeaders(transmission, signingKey);
    const { status } = await fetch(faultless.addresses.webhookUrl, { method: 'POST', headers, body: bytes });
    expect(status).toBe(204);
  }
}

/** What a gateway knows of a conversation once it has settled. */
async function known(gateway: RunningGateway, { id, ends }: Story) {
  const events = async () =>
    (await gateway.get(EventsDocument, { id, first: 100 })).conversation?.events.edges.map(({ node }) => node) ?? [];
  await untilTrue(async () => ofType(await events(), 'InteractionEnded').length >= ends);
  const inOrder = (await events()).toSorted(
    (one, other) => one.occurredAt.localeCompare(other.occurredAt) || one.id.localeCompare(other.id),
  );
  return {
    state: (await gateway.get(ConversationStateDocument, { id })).conversation?.state,
    handling: (await gateway.get(HandlingDocument, { id })).conversation,
    stored: inOrder.filter(({ type }) => type !== 'INTERACTION_ENDED').map((event) => [event.type, event.id, event.occurredAt]),
    // The gateway's own: it happened when what it was concluded from did, which of two events a millisecond apart may be either.
    concluded: ofType(inOrder, 'InteractionEnded')
      .map((event) => `${event.id} ${event.reason}`)
      .toSorted(),
    leavings: ofType(inOrder, 'AgentLeft').map(({ endsInteraction }) => endsInteraction),
  };
}

it(
  'knows the same when events are lost, duplicated, reordered and delayed as when nothing goes wrong',
  async () => {
    const played = await stories();
    await faulty.simulator.webhookSender.settled();
    const deliveries = faulty.simulator.webhookSender.deliveries();
    await sendWithoutFault(deliveries);
    for (const one of played) expect(await known(faulty, one)).toEqual(await known(faultless, one));

    const tries = deliveries.reduce((sum, { attempts }) => sum + attempts.length, 0);
    console.log(`${played.length} conversations, ${deliveries.length} events, ${tries} tries beside those doubled`);
    expect(tries).toBeGreaterThan(deliveries.length);
  },
  120_000 + SECONDS * 3_000,
);
