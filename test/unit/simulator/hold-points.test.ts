import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { call, create, say } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';
import type { WebhookReceiver } from './webhook-receiver.js';

let sim: Simulator;
let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await createWebhookReceiver();
  sim = createSimulator({ signingKey: sharedKey, agents: 'manual', webhookUrl: receiver.url });
  await sim.listen();
});

afterEach(async () => {
  await sim.close();
  await receiver.close();
});

const isMessageList = ({ method, path }: { method: string; path: string }): boolean => method === 'GET' && path.endsWith('/messages');

describe('a barrier', () => {
  it('holds a reply that is a snapshot of that moment', async () => {
    const id = await create(sim);
    const hold = sim.holdPoints.hold('reply', isMessageList);
    const answer = call(sim, `/conversations/${id}/messages`);
    const held = await hold.arrived;
    expect(held).toMatchObject({ status: 200, query: {} });
    expect(held.body).toContain('"totalElements":0');
    await say(sim, id, 'Too late');
    hold.release();
    expect((await answer).body.page.totalElements).toBe(0);
    expect((await call(sim, `/conversations/${id}/messages`)).body.page.totalElements).toBe(1);
  });

  it('holds a request before it is carried out', async () => {
    const id = await create(sim);
    const hold = sim.holdPoints.hold('request', isMessageList);
    const answer = call(sim, `/conversations/${id}/messages`);
    expect(await hold.arrived).toMatchObject({ status: null, body: null });
    await say(sim, id, 'In time');
    hold.release();
    expect((await answer).body.page.totalElements).toBe(1);
  });

  it('lets the events of a creation overtake its reply', async () => {
    const hold = sim.holdPoints.hold('reply');
    const creation = create(sim);
    await hold.arrived;
    const events = await receiver.until(3);
    hold.release();
    expect(events[0]?.event.conversationId).toBe(await creation);
  });

  it('holds an event while later ones continue', async () => {
    const hold = sim.holdPoints.hold('event', ({ eventType }) => eventType === 'QUEUED');
    const id = await create(sim);
    sim.centre.agentAccepts(id);
    await receiver.until(3);
    expect(hold.held).toMatchObject([{ eventType: 'QUEUED', conversationId: id }]);
    expect(receiver.received.map(({ event }) => event.eventType)).toEqual([
      'CONVERSATION_UPDATE',
      'CONVERSATION_UPDATE',
      'MEMBERS_CHANGED',
    ]);
    hold.release();
    await receiver.until(4);
    expect(receiver.received.at(-1)?.event.eventType).toBe('QUEUED');
  });

  it('holds nothing after its release', async () => {
    sim.holdPoints.hold('reply').release();
    expect(await create(sim)).toEqual(expect.any(String));
  });

  it('does not outlive the simulator', async () => {
    const hold = sim.holdPoints.hold('request');
    const answer = call(sim, '/channels').catch(() => 'broken off');
    await hold.arrived;
    await sim.close();
    await expect(answer).resolves.toBeDefined();
  });
});
