import type { Timers } from '../../../src/simulator/timers.js';
import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { call, create } from './rest-client.js';
import type { RestAnswer } from './rest-client.js';
import { sharedKey } from './shared-key.js';

/** Nothing is routed but by hand. */
const never: Timers = { after: () => () => undefined, close: () => undefined };
let sim: Simulator;

beforeEach(async () => {
  sim = createSimulator({ agents: 'manual', signingKey: sharedKey, timers: never });
  await sim.listen();
});
afterEach(() => sim.close());

const patch = (id: string, body: object): Promise<RestAnswer> => call(sim, `/conversations/${id}`, { method: 'PATCH', body });
const queue = (n: number) => ({ assignment: { type: 'queue', id: sim.queueIds[n] ?? '' } });
const script = { assignment: { type: 'script', id: 'bot-1' } };
/** Returns the types of a conversation's events since its last call. */
function eventsOf(id: string): () => string[] {
  let seen = 0;
  return () => {
    const all = sim.webhookSender.deliveries().filter(({ conversationId }) => conversationId === id);
    const fresh = all.slice(seen).map(({ eventType }) => eventType);
    seen = all.length;
    return fresh;
  };
}

describe('a change of the customer', () => {
  it('changes only the named fields, and sends an event', async () => {
    const user = { name: 'Eve', email: 'eve@example.com', additionalProperties: [{ key: 'plan', value: 'gold' }] };
    const id = await create(sim, { user });
    const newEvents = eventsOf(id);
    newEvents();
    const answer = await patch(id, { user: { name: 'Eva', language: 'de' } });
    expect(answer).toMatchObject({ status: 202, body: { id, user: { ...user, name: 'Eva', language: 'de' } } });
    expect(newEvents()).toEqual(['CONVERSATION_UPDATE']);
    expect(sim.centre.conversation(id).participants.get('user')?.language).toBe('de');
  });

  it('replaces the additional properties as a whole', async () => {
    const id = await create(sim, { user: { additionalProperties: [{ key: 'a', value: '1' }] } });
    const { body } = await patch(id, { user: { additionalProperties: [{ key: 'b', value: '2' }] } });
    expect(body).toMatchObject({ user: { additionalProperties: [{ key: 'b', value: '2' }] } });
    expect((await patch(id, { user: { additionalProperties: [] } })).body).toMatchObject({ user: { additionalProperties: [] } });
  });

  it.each([
    ['nothing', {}, ['user']],
    ['an unknown field', { state: 'idle' }, ['user', 'state']],
    ['31 properties', { user: { additionalProperties: Array(31).fill({ key: 'a', value: 'b' }) } }, ['user.additionalProperties']],
    ['an unknown language', { user: { language: 'tlh' } }, ['user.language']],
    ['an unknown queue', { assignment: { type: 'queue', id: 'none' } }, ['assignment.id']],
    ['an agent', { assignment: { type: 'agent', id: 'a' } }, ['assignment.type', 'assignment.id']],
  ])('is rejected to %s, naming the field', async (_what, body, fields) => {
    const id = await create(sim);
    const answer = await patch(id, body);
    expect(answer.status).toBe(400);
    expect(answer.body.validations.map(({ field }) => field)).toEqual(fields);
  });

  it('answers NOT_FOUND for an unknown conversation', async () => {
    expect((await patch('none', queue(0))).status).toBe(404);
  });
});

describe('an assignment', () => {
  it('to another queue queues anew, in the same interaction', async () => {
    const id = await create(sim);
    sim.centre.routeNow(id);
    const newEvents = eventsOf(id);
    newEvents();
    await patch(id, queue(1));
    expect(newEvents()).toEqual(['CONVERSATION_UPDATE', 'QUEUED']);
    expect(sim.centre.conversation(id)).toMatchObject({ queueId: sim.queueIds[1], interactions: [{ endTime: null }] });
    await patch(id, queue(1));
    expect(newEvents()).toEqual(['CONVERSATION_UPDATE']);
  });

  it('removes the agent, like a transfer', async () => {
    const id = await create(sim);
    sim.centre.routeNow(id);
    sim.centre.agentAccepts(id);
    const newEvents = eventsOf(id);
    newEvents();
    await patch(id, queue(1));
    expect(newEvents()).toEqual(['TRANSFER', 'MEMBERS_CHANGED', 'CONVERSATION_UPDATE', 'QUEUED']);
    expect(sim.centre.agentOf(id)).toBeNull();
    expect(sim.centre.agentAccepts(id).name).toBe('Sara Lind');
  });

  it('to a queue begins an interaction where a script had it', async () => {
    const id = await create(sim, script);
    sim.centre.routeNow(id);
    expect(sim.centre.conversation(id).interactions).toEqual([]);
    await patch(id, queue(0));
    expect(sim.centre.conversation(id)).toMatchObject({
      state: 'active',
      assignment: queue(0).assignment,
      interactions: [{ endTime: null }],
    });
  });

  it('to a script ends the interaction', async () => {
    const id = await create(sim);
    sim.centre.routeNow(id);
    sim.centre.agentAccepts(id);
    const newEvents = eventsOf(id);
    newEvents();
    await patch(id, script);
    expect(newEvents()).toEqual(['MEMBERS_CHANGED', 'CONVERSATION_UPDATE']);
    expect(sim.centre.conversation(id)).toMatchObject({ state: 'active', ...script });
    expect(sim.centre.conversation(id).interactions[0]?.endTime).not.toBeNull();
  });

  it('of an idle conversation shows where it will reopen', async () => {
    const id = await create(sim);
    sim.centre.routeNow(id);
    sim.centre.agentAccepts(id);
    sim.centre.agentLeaves(id);
    await patch(id, queue(1));
    expect(sim.centre.conversation(id)).toMatchObject({ state: 'idle', ...queue(1) });
    await call(sim, `/conversations/${id}/messages`, { body: { authorType: 'user', text: 'Hi' } });
    sim.centre.routeNow(id);
    expect(sim.centre.conversation(id)).toMatchObject({ state: 'active', queueId: sim.queueIds[1] });
  });
});
