import type { Simulator } from '../../../src/simulator/simulator.js';
import { createSimulator } from '../../../src/simulator/simulator.js';
import { call, create, listOf, say } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';
import type { ReceivedEvent, WebhookReceiver } from './webhook-receiver.js';

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

/** The next `count` events, in short. */
let seen = 0;
beforeEach(() => (seen = 0));
async function next(count: number): Promise<string[]> {
  await receiver.until(seen + count);
  await sim.webhookSender.settled();
  const events = receiver.received.slice(seen).map(({ event }) => inShort(event));
  seen += events.length;
  return events;
}

function inShort({ eventType, data = {} }: ReceivedEvent): string {
  const value = data['value'] as { users: { id: string }[] } | undefined;
  const words = [
    data['state'],
    data['queueName'],
    data['memberType'],
    data['change'],
    data['text'],
    value && `typing:${value.users.length}`,
  ];
  return [eventType, ...words.filter((word) => typeof word === 'string')].join(' ');
}

const state = async (id: string) => (await call(sim, `/conversations/${id}`)).body as object;
const interactions = async (id: string) => listOf(await call(sim, `/conversations/${id}/interactions`), 'interactions');
const queue = (n: number) => ({ type: 'queue', id: sim.queueIds[n] });

describe('the life of a conversation', () => {
  it('goes from creation over the queue to an agent', async () => {
    const created = await call(sim, '/conversations', { body: { channelId: sim.channelId, user: { name: 'Eve' } } });
    expect(created.status).toBe(202);
    expect(Object.keys(created.body)).toEqual(['conversationId', 'createdAt']);
    const id = created.body.conversationId;
    expect(await next(3)).toEqual(['CONVERSATION_UPDATE created', 'CONVERSATION_UPDATE active', 'QUEUED Sales']);
    expect(await state(id)).toMatchObject({ state: 'active', assignment: queue(0) });

    const agent = sim.centre.agentAccepts(id);
    expect(await next(1)).toEqual(['MEMBERS_CHANGED agent joined']);
    expect(receiver.received.at(-1)?.event.data).toEqual({ memberType: 'agent', change: 'joined', id: agent.id });
    expect(await state(id)).toMatchObject({ state: 'active', assignment: { type: 'agent', id: agent.id } });
  });

  it('sends all details of a change, and marks echoes', async () => {
    const additionalProperties = [{ key: 'plan', value: 'gold' }];
    const id = await create(sim, { user: { name: 'Eve', email: 'eve@example.com', additionalProperties } });
    await next(3);
    const change = receiver.received[1]?.event;
    expect(change).toMatchObject({ eventType: 'CONVERSATION_UPDATE', conversationId: id });
    expect(change?.data).toEqual({
      state: 'active',
      assignment: { ...queue(0), resourceId: sim.queueIds[0] },
      user: { name: 'Eve', email: 'eve@example.com', additionalProperties },
      channel: 'ChatAPI',
    });
    const agent = sim.centre.agentAccepts(id);
    const answer = await say(sim, id, 'Hi');
    expect([answer.status, answer.text]).toEqual([202, '']);
    await say(sim, id, 'I am a bot', 'bot');
    sim.centre.agentSays(id, 'Hello');
    await next(4);
    expect(receiver.received.slice(-3).map(({ event }) => event.data)).toEqual([
      { isEcho: true, sender: { id: 'user', type: 'user' }, text: 'Hi', attachments: [], cards: [] },
      { isEcho: true, sender: { id: 'bot', type: 'bot' }, text: 'I am a bot', attachments: [], cards: [] },
      { isEcho: false, sender: { id: agent.id, type: 'agent' }, text: 'Hello', attachments: [], cards: [] },
    ]);
  });

  it('shows typing until the agent stops or writes', async () => {
    const id = await create(sim);
    sim.centre.agentAccepts(id);
    await next(4);
    sim.centre.agentTypes(id);
    sim.centre.agentTypes(id, false);
    sim.centre.agentTypes(id);
    sim.centre.agentSays(id, 'Done');
    expect(await next(5)).toEqual(['ACTIVITY typing:1', 'ACTIVITY typing:0', 'ACTIVITY typing:1', 'ACTIVITY typing:0', 'MESSAGE Done']);
  });

  it.each([
    ['transfer-first', ['TRANSFER', 'MEMBERS_CHANGED agent left', 'QUEUED Support']],
    ['left-first', ['MEMBERS_CHANGED agent left', 'TRANSFER', 'QUEUED Support']],
  ] as const)('goes on in one interaction across a transfer (%s)', async (order, events) => {
    const id = await create(sim);
    const first = sim.centre.agentAccepts(id);
    await next(4);
    sim.centre.agentTransfers(id, sim.queueIds[1] ?? '', { order });
    expect(await next(3)).toEqual(events);
    expect(await state(id)).toMatchObject({ state: 'active', assignment: queue(1) });
    const second = sim.centre.agentAccepts(id);
    expect(await next(1)).toEqual(['MEMBERS_CHANGED agent joined']);
    expect(listOf(await call(sim, `/conversations/${id}/participants`), 'participants')).toEqual([
      { id: 'user', removed: false, type: 'user', language: 'en' },
      { id: first.id, removed: true, type: 'agent', language: 'en' },
      { id: second.id, removed: false, type: 'agent', language: 'en' },
    ]);
    const [only, ...others] = await interactions(id);
    expect(others).toEqual([]);
    expect(only).not.toHaveProperty('endTime');
  });

  it('becomes idle when the agent leaves, and is reopened in the last queue by a message', async () => {
    const id = await create(sim);
    sim.centre.agentAccepts(id);
    sim.centre.agentTransfers(id, sim.queueIds[1] ?? '');
    sim.centre.agentAccepts(id);
    await next(8);
    sim.centre.agentLeaves(id);
    expect(await next(2)).toEqual(['MEMBERS_CHANGED agent left', 'CONVERSATION_UPDATE idle']);
    expect(await state(id)).toMatchObject({ state: 'idle' });

    await say(sim, id, 'One more thing');
    expect(await next(3)).toEqual(['MESSAGE One more thing', 'CONVERSATION_UPDATE active', 'QUEUED Support']);
    const [first, second] = await interactions(id);
    expect(first).toMatchObject({ endTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string });
    expect(second).not.toHaveProperty('endTime');
    expect(second?.id).not.toBe(first?.id);
    sim.centre.agentAccepts(id);
    expect(await next(1)).toEqual(['MEMBERS_CHANGED agent joined']);
  });

  it('frees the agent when the customer leaves', async () => {
    const id = await create(sim);
    sim.centre.agentAccepts(id);
    await next(4);
    const leave = { method: 'PATCH', body: { removed: true } };
    expect(await call(sim, `/conversations/${id}/participants/user`, leave)).toMatchObject({ status: 204, text: '' });
    expect(await next(3)).toEqual(['MEMBERS_CHANGED user left', 'MEMBERS_CHANGED agent left', 'CONVERSATION_UPDATE idle']);
    expect(listOf(await call(sim, `/conversations/${id}/participants`), 'participants')).toEqual([
      expect.objectContaining({ id: 'user', removed: true }),
      expect.objectContaining({ type: 'agent', removed: true }),
    ]);
    expect((await call(sim, `/conversations/${id}/participants/user`, leave)).status).toBe(204);
    await say(sim, id, 'I am back');
    expect(await next(3)).toEqual(['MESSAGE I am back', 'CONVERSATION_UPDATE active', 'QUEUED Sales']);
  });

  it('ends without an agent when the customer leaves the queue', async () => {
    const id = await create(sim);
    await next(3);
    await call(sim, `/conversations/${id}/participants/user`, { method: 'PATCH', body: { removed: true } });
    expect(await next(2)).toEqual(['MEMBERS_CHANGED user left', 'CONVERSATION_UPDATE idle']);
    expect((await interactions(id))[0]).toHaveProperty('endTime');
  });

  it('starts in the queue that the request names', async () => {
    const id = await create(sim, { assignment: queue(1) });
    expect(await next(3)).toEqual(['CONVERSATION_UPDATE created', 'CONVERSATION_UPDATE active', 'QUEUED Support']);
    expect(await state(id)).toMatchObject({ assignment: queue(1) });
  });

  it('stays with the script that the request names', async () => {
    const id = await create(sim, { assignment: { type: 'script', id: 's1' } });
    expect(await next(2)).toEqual(['CONVERSATION_UPDATE created', 'CONVERSATION_UPDATE active']);
    expect(await state(id)).toMatchObject({ state: 'active', assignment: { type: 'script', id: 's1' } });
    expect(() => sim.centre.agentAccepts(id)).toThrow('not waiting');
  });

  it('lists the history it was given, without events for it', async () => {
    const messages = [
      { authorType: 'bot', text: 'What is it about?', cards: [{ contentType: 'application/8x8.quick.replies', content: { options: [] } }] },
      { authorType: 'user', text: 'My bill' },
      { authorType: 'user', text: 'My bill' },
    ];
    const id = await create(sim, { history: { messages } });
    expect(await next(3)).toEqual(['CONVERSATION_UPDATE created', 'CONVERSATION_UPDATE active', 'QUEUED Sales']);
    const listed = listOf(await call(sim, `/conversations/${id}/messages?sort=createdAt:asc`), 'messages');
    expect(listed.map(({ text }) => text)).toEqual(['What is it about?', 'My bill', 'My bill']);
    expect(listed[0]).toEqual({
      id: expect.any(String) as string,
      text: 'What is it about?',
      createdAt: expect.stringMatching(/Z$/) as string,
      author: { id: 'bot', removed: false, type: 'bot', language: 'en' },
      attachments: [],
      cards: [
        {
          id: expect.any(String) as string,
          contentType: 'application/8x8.quick.replies',
          content: { options: [] },
          actionSubmitted: false,
          actionExecuted: false,
        },
      ],
    });
    expect(new Set(listed.map(({ id }) => id)).size).toBe(3);
  });

  it('rejects what an agent cannot do now', async () => {
    const id = await create(sim);
    expect(() => sim.centre.agentSays(id, 'Hello')).toThrow('no agent has the conversation');
    sim.centre.agentAccepts(id);
    expect(() => sim.centre.agentAccepts(id)).toThrow('not waiting in a queue');
    expect(() => {
      sim.centre.agentTransfers(id, 'nowhere');
    }).toThrow('there is no queue nowhere');
    expect(() => {
      sim.centre.agentLeaves('none');
    }).toThrow('there is no conversation none');
  });
});
