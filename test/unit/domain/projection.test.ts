import type { ConversationEvent } from '../../../src/domain/event.js';
import { project } from '../../../src/domain/projection.js';
import type { StateEvent } from '../../../src/domain/projection.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';
import { shuffled, TimelineSimulator } from './simulated-timeline.js';

const STORIES = 200;
const START = 1_767_225_600_000;

function stateEvent<T extends StateEvent['type']>(id: string, type: T, seconds: number, data: ConversationEvent<T>['data']): StateEvent {
  const at = new Date(START + seconds * 1_000);
  return { id, conversationId: 'c1', occurredAt: at, receivedAt: at, type, data } as StateEvent;
}
const queued = (seconds: number, id = `queued ${seconds}`) =>
  stateEvent(id, 'INTERACTION_QUEUED', seconds, { queue: { queueId: 'q', name: null } });
const joined = (seconds: number, agentId = 'a', id = `joined ${seconds}`) =>
  stateEvent(id, 'AGENT_JOINED', seconds, { agent: { agentId, name: null } });
const left = (seconds: number, agentId = 'a', id = `left ${seconds}`) =>
  stateEvent(id, 'AGENT_LEFT', seconds, { agent: { agentId, name: null } });
const transferred = (seconds: number, id = `transferred ${seconds}`) => stateEvent(id, 'CONVERSATION_TRANSFERRED', seconds, {});
const updated = (seconds: number, upstreamState: string, type: 'QUEUE' | 'SCRIPT' | 'WEBHOOK' = 'QUEUE') =>
  stateEvent(`${upstreamState} ${seconds}`, 'CONVERSATION_UPDATED', seconds, {
    ...{ upstreamState, assignment: { type, targetId: 'x' }, customer: null, channelType: null },
  });
const ended = (seconds: number) =>
  stateEvent(`ended ${seconds}`, 'INTERACTION_ENDED', seconds, { reason: 'AGENT_LEFT', interactionId: 'i' });

describe('the projection', () => {
  it('has the right state after each event', () => {
    for (let seed = 1; seed <= STORIES; seed += 1) {
      const { events, states } = new TimelineSimulator(seededRandom(seed)).play();
      const folded = events.map((_, index) => project(events.slice(0, index + 1)).state);
      expect({ seed, states: folded }).toEqual({ seed, states });
    }
  });

  it('knows which leavings ended their interaction, in either order of transfer and leaving', () => {
    for (let seed = 1; seed <= STORIES; seed += 1) {
      const { events, endsInteraction } = new TimelineSimulator(seededRandom(seed)).play();
      expect({ seed, ends: new Map(project(events).endsInteraction) }).toEqual({ seed, ends: endsInteraction });
    }
  });

  it('yields the same for late, repeated and reordered events', () => {
    for (let seed = 1; seed <= STORIES; seed += 1) {
      const random = seededRandom(seed);
      const { events } = new TimelineSimulator(random).play();
      const inOrder = project(events);
      for (let times = 0; times < 3; times += 1) expect({ seed, ...project(shuffled(events, random)) }).toEqual({ seed, ...inOrder });
    }
  });

  it('yields the same for events of the same time, whatever their ids', () => {
    const end = (one: string, other: string, third: string) => [
      queued(1),
      joined(2),
      left(3, 'a', one),
      transferred(3, other),
      queued(3, third),
    ];
    expect(project(end('1', '2', '3'))).toMatchObject({ state: 'TRANSFERRING' });
    expect(project(end('3', '1', '2'))).toMatchObject({ state: 'TRANSFERRING' });
    expect(project(end('2', '3', '1'))).toMatchObject({ state: 'TRANSFERRING' });
  });

  it('leaves open whether a leaving is the end until a transfer, a joining or an end decides it', () => {
    const open = [queued(1), joined(2), left(3)];
    const answer = (...events: StateEvent[]) => project([...open, ...events]).endsInteraction.get('left 3');
    expect(answer()).toBeNull();
    expect(answer(transferred(5))).toBe(false);
    expect(answer(ended(4))).toBe(true);
    expect(answer(updated(4, 'idle'))).toBe(true);
    expect(answer(queued(4))).toBeNull();
  });

  it('does not pair a transfer by a later agent with the leaving of an earlier one', () => {
    const events = [queued(1), joined(2), left(3), queued(4), joined(5, 'b'), transferred(6), left(7, 'b')];
    expect(project(events).endsInteraction).toEqual(
      new Map([
        ['left 3', null],
        ['left 7', false],
      ]),
    );
  });

  it('does not end while another agent is present', () => {
    const events = [queued(1), joined(2, 'a'), joined(3, 'b'), left(4, 'a')];
    expect(project(events)).toMatchObject({ state: 'ACTIVE', endCauses: [] });
    expect(project(events).endsInteraction.get('left 4')).toBe(false);
  });

  it('distinguishes a bot from a queue, and knows when the conversation was created', () => {
    const events = [updated(1, 'created'), updated(2, 'active', 'SCRIPT')];
    expect(project(events)).toMatchObject({ state: 'BOT', createdAt: new Date(START + 1_000) });
    expect(project([...events, queued(3)]).state).toBe('QUEUED');
    expect(project([])).toEqual({ state: 'NONE', endsInteraction: new Map(), endCauses: [], partialLeavings: [], createdAt: null });
  });

  it.each(['SCRIPT', 'WEBHOOK'] as const)('is with a bot when it is assigned to a %s, at the beginning and after an agent', (type) => {
    expect(project([updated(1, 'active', type)]).state).toBe('BOT');
    const handled = [queued(1), joined(2), left(3)];
    expect(project([...handled, updated(4, 'active', type)]).state).toBe('BOT');
    // The bot is assigned while the agent still wraps up, and not in the next interaction.
    expect(project([queued(1), joined(2), updated(3, 'active', type), left(4)]).state).toBe('BOT');
    expect(project([updated(1, 'active', type), queued(2), joined(3), left(4)]).state).toBe('LEFT');
  });

  it('ends with the last known leaving if the AGENT_LEFT of the other agent was lost', () => {
    const events = [queued(1), joined(2, 'a'), joined(3, 'b'), left(4, 'b')];
    expect(project(events).partialLeavings.map(({ id }) => id)).toEqual(['left 4']);
    const over = project([...events, ended(5)]);
    expect([over.state, over.endsInteraction.get('left 4')]).toEqual(['IDLE', true]);
  });

  it.each([-3, 0, 3])('orders our own events correctly with a clock that is %s s ahead', (ahead) => {
    // As both clocks saw it: each webhook is received 0.1 s after it happened.
    const seen = <E extends StateEvent>(event: E): E => ({
      ...event,
      receivedAt: new Date(event.occurredAt.getTime() + 100 + ahead * 1_000),
    });
    const own = (seconds: number): StateEvent => stateEvent(`own-${seconds}`, 'CUSTOMER_LEFT', seconds + ahead, {});
    const reopened = [seen(queued(1)), seen(joined(2)), own(10), seen(left(10.2)), seen(queued(11)), seen(joined(11.5))];
    expect(project(reopened).state).toBe('ACTIVE');
    expect(project(reopened.slice(0, 3)).state).toBe('IDLE');
    // Nothing had been received when the customer left.
    expect(project([own(0.5), seen(queued(1)), seen(joined(2))]).state).toBe('ACTIVE');
  });

  it('lists the possible causes of an end without those of a transfer', () => {
    const events = [queued(1), joined(2), transferred(3), left(4), queued(5), joined(6), left(7), updated(8, 'idle')];
    expect(project(events).endCauses.map(({ id }) => id)).toEqual(['left 7', 'idle 8']);
  });
});
