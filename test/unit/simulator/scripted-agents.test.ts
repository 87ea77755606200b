import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { create, say } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';
import type { WebhookReceiver } from './webhook-receiver.js';

let sim: Simulator;
let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await createWebhookReceiver();
  sim = createSimulator({ signingKey: sharedKey, webhookUrl: receiver.url, agentDelays: { acceptMs: 1, noticeMs: 1, typingMs: 1 } });
  await sim.listen();
});

afterEach(async () => {
  await sim.close();
  await receiver.close();
});

/** Resolves once the latest agent message is one that matches. */
async function hear(pattern: RegExp): Promise<void> {
  const heard = (): boolean =>
    receiver.received.some(({ event }) => event.data?.['isEcho'] === false && pattern.test(String(event.data['text'])));
  while (!heard()) await receiver.until(receiver.received.length + 1);
}

const eventTypes = (): string[] => receiver.received.map(({ event }) => event.eventType);

describe('a scripted agent', () => {
  it('accepts, types and greets by name', async () => {
    await create(sim, { user: { name: 'Eve' } });
    await hear(/^Hello, Eve! This is (Ana|Mihai) from Sales\. How can I help\?$/);
    expect(eventTypes()).toEqual([
      'CONVERSATION_UPDATE',
      'CONVERSATION_UPDATE',
      'QUEUED',
      'MEMBERS_CHANGED',
      'ACTIVITY',
      'ACTIVITY',
      'MESSAGE',
    ]);
  });

  it('quotes what the customer wrote before', async () => {
    await create(sim, { history: { messages: [{ authorType: 'user', text: 'My parcel is late' }] } });
    await hear(/“My parcel is late”/);
  });

  it("answers the customer's messages", async () => {
    const id = await create(sim);
    await hear(/^Hello/);
    await say(sim, id, 'Is it open on Sunday?');
    await hear(/“Is it open on Sunday\?”/);
    await say(sim, id, 'My order is 48151', 'bot');
    await hear(/48151/);
  });

  it('transfers on “transfer”, and the next agent greets', async () => {
    const id = await create(sim);
    await hear(/from Sales/);
    await say(sim, id, 'Please transfer me');
    await hear(/handing you over to Support/);
    await hear(/^Hello, Eve! This is (Sara|Tom) from Support/);
    expect(eventTypes()).toContain('TRANSFER');
    expect(sim.centre.conversation(id).interactions).toHaveLength(1);
  });

  it('leaves on “bye”, and welcomes a returning customer', async () => {
    const id = await create(sim);
    await hear(/^Hello/);
    await say(sim, id, 'Thanks, bye');
    await hear(/^Goodbye/);
    await sim.webhookSender.settled();
    expect(sim.centre.conversation(id).state).toBe('idle');
    await say(sim, id, 'One more thing');
    await hear(/^Welcome back, Eve! .*“One more thing”/);
  });
});
