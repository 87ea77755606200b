import type { ConversationEvent } from '../../../../src/domain/event.js';
import type { EventLog } from '../../../../src/events/port/event-log.js';
import type { Appended } from '../../../../src/events/port/stored-event.js';
import { Projections } from '../../../../src/events/history/projections.js';
import { END_POLL_DELAYS_MS, END_POLL_HORIZON_MS, InteractionEndDetector } from '../../../../src/events/jobs/interaction-end-detector.js';

const LEFT_AT = new Date('2026-01-01T10:00:00Z');
const ENDED_AT = new Date('2026-01-01T10:45:00Z');
const left: ConversationEvent<'AGENT_LEFT'> = {
  ...{ id: 'left', conversationId: 'c1', occurredAt: LEFT_AT, receivedAt: LEFT_AT, source: 'WEBHOOK' },
  type: 'AGENT_LEFT',
  data: { agent: { agentId: 'a', name: null } },
};

/** As much of a log as a detector needs, with what is appended to it. */
class FewEvents {
  readonly events: ConversationEvent[] = [left];
  readonly ended: Promise<ConversationEvent>;
  #onEnded: (event: ConversationEvent) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => (this.#onEnded = resolve));
  }

  readonly log: Pick<EventLog, 'append' | 'activeSince' | 'read' | 'head'> = {
    append: (event) => {
      this.events.push(event);
      this.#onEnded(event);
      return Promise.resolve(this.#appended(event));
    },
    activeSince: () => Promise.resolve(['c1']),
    read: () => Promise.resolve({ events: this.events.map((event) => this.#appended(event)), hasMore: false }),
    head: () => Promise.resolve({ cursor: () => Promise.resolve(String(this.events.length)) }),
  };

  #appended(event: ConversationEvent): Appended {
    return { event, cursor: event.id, identity: null, duplicate: false };
  }
}

describe('the interaction end detector', () => {
  it('appends an end long after the agent left, once the upstream reports it', async () => {
    const few = new FewEvents();
    let asked = 0;
    const detector = new InteractionEndDetector({
      log: few.log,
      projections: new Projections(few.log),
      // Four times the interaction still goes on.
      interactions: () => Promise.resolve([{ interactionId: 'i1', startedAt: new Date(0), endedAt: (asked += 1) > 4 ? ENDED_AT : null }]),
      clock: () => ENDED_AT.getTime(),
      delaysMs: END_POLL_DELAYS_MS.map(() => 0),
    });
    detector.observe({ event: left, cursor: 'left', identity: null, duplicate: false });
    await expect(few.ended).resolves.toMatchObject({
      type: 'INTERACTION_ENDED',
      occurredAt: ENDED_AT,
      data: { reason: 'AGENT_LEFT', interactionId: 'i1' },
    });
    detector.close();
  });

  it('looks at eight conversations at a time after a start, and polls only where an end is undecided', async () => {
    const few = new FewEvents();
    const all = Array.from({ length: 100 }, (_, index) => `c${index}`);
    let [running, most] = [0, 0];
    const looked: string[] = [];
    const polled: string[] = [];
    const projections = {
      of: async (conversationId: string) => {
        // A second look is that of the poll.
        const isFirst = !looked.includes(conversationId);
        looked.push(conversationId);
        if (isFirst) most = Math.max(most, (running += 1));
        await new Promise((resolve) => setImmediate(resolve));
        if (isFirst) running -= 1;
        const endCauses = conversationId === 'c50' ? [left] : [];
        return { endCauses, partialLeavings: [] };
      },
    } as unknown as Projections;
    const detector = new InteractionEndDetector({
      log: { ...few.log, activeSince: () => Promise.resolve(all) },
      projections,
      interactions: (conversationId) => {
        polled.push(conversationId);
        return Promise.reject(new Error('not now'));
      },
      clock: () => ENDED_AT.getTime(),
      delaysMs: [0],
    });
    await detector.recover(LEFT_AT);
    expect([new Set(looked).size, most]).toEqual([100, 8]);
    while (polled.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(polled).toEqual(['c50']);
    detector.close();
  });

  it('asks for more than an hour, ever more seldom, and so it does again after a restart', () => {
    expect(END_POLL_HORIZON_MS).toBe(END_POLL_DELAYS_MS.reduce((sum, delay) => sum + delay));
    expect(END_POLL_HORIZON_MS).toBeGreaterThan(3_600_000);
    expect([...END_POLL_DELAYS_MS].sort((a, b) => a - b)).toEqual(END_POLL_DELAYS_MS);
  });
});
