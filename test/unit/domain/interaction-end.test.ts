import type { InteractionRecord } from '../../../src/domain/conversation.js';
import { project } from '../../../src/domain/projection.js';
import type { StateEvent } from '../../../src/domain/projection.js';
import { END_TIME_TOLERANCE_MS, interactionEndedId, detectEnds } from '../../../src/domain/interaction-end.js';
import { deriveState } from '../../../src/domain/state.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';
import { shuffled, TimelineSimulator } from './simulated-timeline.js';

const STORIES = 200;
const T = 1_767_225_600_000;

/** The contents of a log to which the events are appended in this order, if ends are detected after each. */
function appendAndDetect(arrivals: readonly StateEvent[], interactions: readonly InteractionRecord[], skewMs = 0) {
  const log = new Map<string, StateEvent>();
  for (const arrival of arrivals) {
    if (!log.has(arrival.id)) log.set(arrival.id, { ...arrival, occurredAt: new Date(arrival.occurredAt.getTime() + skewMs) });
    for (const ended of detectEnds('c1', [...log.values()], interactions).ended) {
      if (log.has(ended.id)) throw new Error('the same end is detected twice');
      log.set(ended.id, { ...ended, receivedAt: new Date(T) });
    }
  }
  return [...log.values()];
}

const endsOf = (events: readonly StateEvent[]) =>
  events.flatMap((event) => (event.type === 'INTERACTION_ENDED' ? [event.data.interactionId] : [])).sort();

const left = (at: number, id = 'left', agentId = 'a'): StateEvent => ({
  ...{ id, conversationId: 'c1', occurredAt: new Date(at), receivedAt: new Date(at), source: 'WEBHOOK' },
  type: 'AGENT_LEFT',
  data: { agent: { agentId, name: null } },
});
const joined = (at: number, agentId: string): StateEvent =>
  ({ ...left(at, `joined ${agentId}`, agentId), type: 'AGENT_JOINED' }) as StateEvent;
const idle = (at: number): StateEvent => ({
  ...{ id: 'idle', conversationId: 'c1', occurredAt: new Date(at), receivedAt: new Date(at), source: 'WEBHOOK' },
  type: 'CONVERSATION_UPDATED',
  data: { upstreamState: 'idle', assignment: null, customer: null, channelType: null },
});
const customerLeft = (at: number): StateEvent => ({
  ...{ id: 'customer left', conversationId: 'c1', occurredAt: new Date(at), receivedAt: new Date(at), source: 'WEBHOOK' },
  type: 'CUSTOMER_LEFT',
  data: {},
});
const interaction = (startedAt: number, endedAt: number | null): InteractionRecord => ({
  interactionId: 'i1',
  startedAt: new Date(startedAt),
  endedAt: endedAt === null ? null : new Date(endedAt),
});

describe('detectEnds', () => {
  it('ends each interaction once, in whatever order the events arrive, and leaves none open', () => {
    for (let seed = 1; seed <= STORIES; seed += 1) {
      const random = seededRandom(seed);
      const { events, interactions } = new TimelineSimulator(random).play();
      const log = appendAndDetect(shuffled(events, random), interactions);
      expect({ seed, ends: endsOf(log) }).toEqual({ seed, ends: interactions.map(({ interactionId }) => interactionId) });
      expect({ seed, ...detectEnds('c1', log, interactions) }).toEqual({ seed, ended: [], open: false });
    }
  });

  it('changes neither the state nor which leavings end an interaction', () => {
    for (let seed = 1; seed <= STORIES; seed += 1) {
      const random = seededRandom(seed);
      const { events, endsInteraction, interactions } = new TimelineSimulator(random).play();
      const skewMs = Math.floor(random() * 4_000) - 2_000;
      const projection = project(appendAndDetect(shuffled(events, random), interactions, skewMs));
      expect({ seed, state: projection.state, ends: projection.endsInteraction }).toEqual({ seed, state: 'IDLE', ends: endsInteraction });
    }
  });

  it('stays open until the upstream reports the end', () => {
    expect(detectEnds('c1', [left(T)], [interaction(T - 1_000, null)])).toEqual({ ended: [], open: true });
    expect(detectEnds('c1', [left(T)], [])).toEqual({ ended: [], open: true });
    expect(detectEnds('c1', [], [interaction(T - 1_000, T)])).toEqual({ ended: [], open: false });
  });

  it('accepts a cause within the interaction, however long before its end, or shortly after', () => {
    const hour = 3_600_000;
    const at = (apart: number) => detectEnds('c1', [left(T + apart)], [interaction(T - hour, T)]).ended.length;
    expect([-hour - 1, -hour, -END_TIME_TOLERANCE_MS - 1, 0, END_TIME_TOLERANCE_MS, END_TIME_TOLERANCE_MS + 1].map(at)).toEqual([
      0, 1, 1, 1, 1, 0,
    ]);
  });

  it('has the reason AGENT_LEFT if the conversation is idle only long after the agent left', () => {
    const reasons = detectEnds('c1', [left(T - 1_800_000), idle(T)], [interaction(T - 3_600_000, T)]).ended.map(({ data }) => data.reason);
    expect(reasons).toEqual(['AGENT_LEFT']);
  });

  it('has the reason of the last leaving, not of an agent whom another followed', () => {
    const story = [joined(T - 900, 'a'), left(T - 800, 'left a'), joined(T - 700, 'b'), customerLeft(T - 10), left(T, 'left b')];
    const { ended, open } = detectEnds('c1', story, [interaction(T - 1_000, T)]);
    expect([ended.map(({ data }) => data.reason), open]).toEqual([['CUSTOMER_LEFT'], false]);
  });

  it('has the reason CUSTOMER_LEFT even if that event arrives after the end', () => {
    const { ended } = detectEnds('c1', [left(T - 500_000), customerLeft(T + 30_000)], [interaction(T - 1_000_000, T)]);
    expect(ended.map(({ data }) => data.reason)).toEqual(['CUSTOMER_LEFT']);
  });

  it('detects the end although the first of two AGENT_LEFT was lost', () => {
    const story = [joined(T - 900, 'a'), joined(T - 800, 'b'), left(T, 'left b', 'b')];
    expect(detectEnds('c1', story, [interaction(T - 1_000, null)])).toEqual({ ended: [], open: true });
    const { ended, open } = detectEnds('c1', story, [interaction(T - 1_000, T)]);
    expect([ended.map(({ data }) => data.reason), open]).toEqual([['AGENT_LEFT'], false]);
  });

  it.each([-3_000, 3_000])('assigns our own CUSTOMER_LEFT to the interaction that it ended, with a clock that is %s ms ahead', (ahead) => {
    const seen = (event: StateEvent): StateEvent => ({ ...event, receivedAt: new Date(event.occurredAt.getTime() + 100 + ahead) });
    const own = { ...customerLeft(T + 1_010 + ahead), id: 'own-1' };
    const interactions = [interaction(T - 10_000, T), { ...interaction(T + 1_000, T + 1_020), interactionId: 'i2' }];
    const { ended, open } = detectEnds('c1', [seen(joined(T - 9_000, 'a')), seen(left(T)), own], interactions);
    expect(ended.map(({ data, occurredAt }) => [data.interactionId, data.reason, occurredAt.getTime() - T])).toEqual([
      ['i1', 'AGENT_LEFT', 0],
      ['i2', 'CUSTOMER_LEFT', 1_020],
    ]);
    expect(open).toBe(false);
  });

  it('has the reason CUSTOMER_LEFT if the customer left, and a time not before any cause', () => {
    const { ended } = detectEnds('c1', [customerLeft(T), left(T + 500)], [interaction(T - 1_000, T)]);
    expect(ended).toEqual([
      {
        id: interactionEndedId('c1', 'i1'),
        conversationId: 'c1',
        source: 'GATEWAY',
        type: 'INTERACTION_ENDED',
        occurredAt: new Date(T + 500),
        data: { reason: 'CUSTOMER_LEFT', interactionId: 'i1' },
      },
    ]);
  });

  it('keeps the state of the next interaction although the clocks of events and interactions differ', () => {
    const queued: StateEvent = {
      ...{ id: 'queued', conversationId: 'c1', occurredAt: new Date(T + 500), receivedAt: new Date(T), source: 'WEBHOOK' },
      type: 'INTERACTION_QUEUED',
      data: { queue: { queueId: 'q', name: null } },
    };
    const log = appendAndDetect([left(T), queued], [interaction(T - 1_000, T + 2_000)]);
    expect(endsOf(log)).toEqual(['i1']);
    // By the events alone the end is last; the upstream corrects that.
    const upstream = { upstreamState: 'ACTIVE', assignment: { type: 'QUEUE', targetId: 'q' } } as const;
    expect(deriveState(project(log).state, upstream)).toBe('QUEUED');
  });

  it('makes a deterministic id, different in each conversation', () => {
    expect(interactionEndedId('c1', 'i1')).toBe(interactionEndedId('c1', 'i1'));
    expect(new Set([interactionEndedId('c1', 'i1'), interactionEndedId('c2', 'i1'), interactionEndedId('c1', 'i2')]).size).toBe(3);
  });
});
