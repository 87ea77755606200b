import { UNKNOWN_CUSTOMER } from '../../../src/domain/customer.js';
import type { ConversationRecord } from '../../../src/domain/conversation.js';
import { interactionEndedId } from '../../../src/domain/interaction-end.js';
import { foldHandling } from '../../../src/domain/interaction-metrics.js';
import { project } from '../../../src/domain/projection.js';
import type { StateEvent } from '../../../src/domain/projection.js';
import { findUnheardChanges } from '../../../src/domain/unheard-changes.js';

const T = Date.parse('2026-11-30T10:00:00Z');
const at = (seconds: number) => new Date(T + seconds * 1_000);
const READ_AT = at(600);
const OPTIONS = { overdueBefore: at(570), from: at(0) };

type Of<K extends StateEvent['type']> = Extract<StateEvent, { type: K }>;
const event = <K extends StateEvent['type']>(id: string, seconds: number, type: K, data: Of<K>['data']): StateEvent =>
  ({ id, conversationId: 'c', source: 'WEBHOOK', occurredAt: at(seconds), receivedAt: at(seconds), type, data }) as unknown as StateEvent;
const update = (id: string, seconds: number, data: Partial<Of<'CONVERSATION_UPDATED'>['data']>) =>
  event(id, seconds, 'CONVERSATION_UPDATED', { upstreamState: null, assignment: null, customer: null, channelType: null, ...data });
const queued = (id: string, seconds: number) => event(id, seconds, 'INTERACTION_QUEUED', { queue: { queueId: 'q1', name: 'Sales' } });
const joined = event('joined', 5, 'AGENT_JOINED', { agent: { agentId: 'a1', name: null } });
const left = event('left', 60, 'AGENT_LEFT', { agent: { agentId: 'a1', name: null } });

const record = (fields: Partial<ConversationRecord> = {}): ConversationRecord => ({
  conversationId: 'c',
  channelId: 'ch',
  upstreamState: 'ACTIVE',
  customer: UNKNOWN_CUSTOMER,
  assignment: { type: 'QUEUE', targetId: 'q1' },
  createdAt: null,
  ...fields,
});
const interaction = (interactionId: string, startedAt: number, endedAt: number | null = null) => ({
  interactionId,
  startedAt: at(startedAt),
  endedAt: endedAt === null ? null : at(endedAt),
});
const find = (events: readonly StateEvent[], fields: Partial<ConversationRecord>, ...interactions: ReturnType<typeof interaction>[]) =>
  findUnheardChanges('c', events, { record: record(fields), interactions, channelQueueId: 'q0', readAt: READ_AT }, OPTIONS);

describe('findUnheardChanges', () => {
  it('finds nothing where every beginning and end was reported', () => {
    const ended = event(interactionEndedId('c', 'i1'), 60, 'INTERACTION_ENDED', { reason: 'AGENT_LEFT', interactionId: 'i1' });
    const all = [queued('e1', 1), joined, left, ended];
    expect(find(all, { upstreamState: 'IDLE' }, interaction('i1', 0, 60))).toEqual({ events: [], pending: false });
  });

  it('finds an end under the id of the detector, without a reason', () => {
    const { events } = find([queued('e1', 1), joined], { upstreamState: 'IDLE' }, interaction('i1', 0, 60));
    expect(events).toEqual([
      {
        id: interactionEndedId('c', 'i1'),
        conversationId: 'c',
        source: 'HISTORY',
        type: 'INTERACTION_ENDED',
        occurredAt: at(60),
        receivedAt: READ_AT,
        data: { reason: 'OTHER', interactionId: 'i1' },
      },
    ]);
    expect(project([queued('e1', 1), joined, ...events]).state).toBe('IDLE');
  });

  it('finds a beginning, in the queue of the one before, and the same again with the same id', () => {
    const ended = event(interactionEndedId('c', 'i1'), 60, 'INTERACTION_ENDED', { reason: 'OTHER', interactionId: 'i1' });
    const known = [queued('e1', 1), joined, left, ended];
    const look = () => find(known, { assignment: null }, interaction('i1', 0, 60), interaction('i2', 300));
    const { events } = look();
    expect(events).toMatchObject([{ type: 'INTERACTION_QUEUED', occurredAt: at(300), data: { queue: { queueId: 'q1', name: 'Sales' } } }]);
    expect(look()).toEqual({ events, pending: false });
    expect(project([...known, ...events]).state).toBe('QUEUED');
  });

  it("takes the channel's queue where nothing else shows one, and invents none", () => {
    expect(find([], { assignment: null }, interaction('i1', 0)).events).toMatchObject([{ data: { queue: { queueId: 'q0', name: null } } }]);
    const view = { record: record({ assignment: null }), interactions: [interaction('i1', 0)], channelQueueId: null, readAt: READ_AT };
    expect(findUnheardChanges('c', [], view, OPTIONS).events).toEqual([]);
  });

  it('finds no queueing while a bot has the conversation', () => {
    const bot = update('b', 1, { upstreamState: 'active', assignment: { type: 'SCRIPT', targetId: 's' } });
    expect(find([bot], { assignment: { type: 'SCRIPT', targetId: 's' } }, interaction('i1', 0))).toEqual({ events: [], pending: false });
  });

  it('shows by an update that an agent has it, without an AgentJoined', () => {
    const { events } = find([queued('e1', 1)], { assignment: { type: 'AGENT', targetId: 'a1' } }, interaction('i1', 0));
    expect(events).toMatchObject([{ type: 'CONVERSATION_UPDATED', source: 'HISTORY', data: { upstreamState: 'active', customer: null } }]);
    expect(project([queued('e1', 1), ...events]).state).toBe('ACTIVE');
  });

  it('finds a customer that changed, by fields that both know', () => {
    const known = update('u', 2, { customer: { ...UNKNOWN_CUSTOMER, name: 'Mia', email: 'mia@example.com' } });
    const all = [queued('e1', 1), known];
    expect(find(all, { customer: { ...UNKNOWN_CUSTOMER, name: 'Mia', phone: '1' } }, interaction('i1', 0)).events).toEqual([]);
    const { events } = find(all, { customer: { ...UNKNOWN_CUSTOMER, name: 'Mia Wallace' } }, interaction('i1', 0));
    expect(events).toMatchObject([{ data: { upstreamState: null, assignment: null, customer: { name: 'Mia Wallace' } } }]);
  });

  it('waits for what is not overdue, and leaves alone what is older', () => {
    expect(find([queued('e1', 1)], { upstreamState: 'IDLE' }, interaction('i1', 0, 590))).toEqual({ events: [], pending: true });
    expect(find([], { assignment: null }, interaction('i0', -500, -100), interaction('i1', 590))).toEqual({ events: [], pending: true });
    const recent = update('u', 580, { customer: { ...UNKNOWN_CUSTOMER, name: 'Mia' } });
    expect(find([queued('e1', 1), recent], { upstreamState: 'IDLE' }, interaction('i1', 0))).toEqual({ events: [], pending: true });
  });
});

describe('a queueing whose own event arrives after it was healed', () => {
  const healed = { ...queued('heal-1', 0), source: 'HISTORY' as const };
  const original = queued('e1', 1);

  it('counts once, in either order of arrival', () => {
    const once = [original, joined];
    for (const events of [
      [healed, joined, original],
      [original, joined, healed],
    ]) {
      expect(project(events)).toEqual(project(once));
      expect(foldHandling([], events)).toEqual(foldHandling([], once));
      // As when the first of them has expired.
      expect(foldHandling(foldHandling([], events.slice(0, 1)), events.slice(1))).toEqual(foldHandling([], once));
    }
  });

  it('counts by itself if the other queueing is that of a transfer', () => {
    const transferred = event('t', 20, 'CONVERSATION_TRANSFERRED', null);
    const again = queued('e2', 21);
    const facts = foldHandling([], [healed, joined, transferred, again]);
    expect(facts.filter(({ kind }) => kind === 'QUEUED')).toHaveLength(2);
  });

  it('reports the customer of a conversation that no webhook has reported, once', () => {
    const customer = { ...UNKNOWN_CUSTOMER, name: 'Mia' };
    const first = find([], { customer }, interaction('i1', 0)).events;
    expect(first.map(({ type }) => type)).toEqual(['INTERACTION_QUEUED', 'CONVERSATION_UPDATED']);
    expect(first[1]?.data).toMatchObject({ customer: { name: 'Mia' }, upstreamState: null });
    expect(find(first, { customer }, interaction('i1', 0))).toEqual({ events: [], pending: false });
    // Killed in between, and looked at again once that is long enough ago.
    const begun = first.slice(0, 1).map((event) => ({ ...event, receivedAt: at(100) }));
    expect(find(begun, { customer }, interaction('i1', 0)).events.map(({ type }) => type)).toEqual(['CONVERSATION_UPDATED']);
    expect(find([], {}, interaction('i1', 0)).events.map(({ type }) => type)).toEqual(['INTERACTION_QUEUED']);
    expect(find([queued('e1', 1)], { customer }, interaction('i1', 0))).toEqual({ events: [], pending: false });
  });
});
