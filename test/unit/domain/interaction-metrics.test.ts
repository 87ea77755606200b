import { foldHandling, interactionAt } from '../../../src/domain/interaction-metrics.js';
import { metricsByInteraction } from '../../../src/domain/interaction-figures.js';
import { ownEventId } from '../../../src/domain/occurrence-times.js';
import type { ConversationEvent } from '../../../src/domain/event.js';
import { agentJoined, agentLeft, messageAdded, queued, START, updated } from '../../contract/event-log/sample-events.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';

const at = (seconds: number) => ({ occurredAt: START + seconds * 1_000 });
const date = (seconds: number) => new Date(START + seconds * 1_000);
const interaction = (interactionId: string, start: number | null, end: number | null) => ({
  interactionId,
  startedAt: start === null ? null : date(start),
  endedAt: end === null ? null : date(end),
});

const story: ConversationEvent[] = [
  queued('q1', at(0)),
  agentJoined('j1', at(10)),
  messageAdded('m1', 'hello', at(15)),
  agentLeft('l1', at(40)),
  updated('u1', 'idle', at(40)),
  queued('q2', at(100)),
  agentJoined('j2', at(104)),
  agentLeft('l2', at(110)),
  updated('u2', 'idle', at(110)),
];

describe('handlingOf', () => {
  it('yields the same for any order, with duplicates', () => {
    const whole = foldHandling([], story);
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = seededRandom(seed);
      const shuffled = [...story, ...story.slice(0, 4)]
        .map((event) => ({ event, rank: random() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ event }) => event);
      expect({ seed, handling: foldHandling([], shuffled) }).toEqual({ seed, handling: whole });
    }
  });

  it('continues from earlier facts, wherever the events are split', () => {
    const whole = foldHandling([], story);
    for (let cut = 0; cut <= story.length; cut += 1) {
      const kept = JSON.parse(JSON.stringify(foldHandling([], story.slice(0, cut)))) as typeof whole;
      expect(foldHandling(kept, story.slice(cut))).toEqual(whole);
    }
  });

  it.each([-3, 3])("uses the contact centre's clock even if ours is %d s ahead and an event is our own", (ahead) => {
    const from = (clockAhead: number) => {
      const heard = story.map((event) => ({ ...event, receivedAt: new Date(event.occurredAt.getTime() + clockAhead * 1_000) }));
      const times = { occurredAt: START + (39 + clockAhead) * 1_000, receivedAt: START + (39 + clockAhead) * 1_000 };
      return foldHandling([], [...heard, { ...updated(ownEventId('left'), 'idle', times), type: 'CUSTOMER_LEFT', data: {} }]);
    };
    expect(from(0)).toContainEqual({ kind: 'CUSTOMER_LEFT', at: START + 39_000 });
    expect(from(ahead)).toEqual(from(0));
  });

  it('works out the offset of its clock without healed events, which are received long after they happened', () => {
    const heard = story.map((event) => ({ ...event, receivedAt: event.occurredAt }));
    const left = {
      ...updated(ownEventId('left'), 'idle', { occurredAt: START + 39_000, receivedAt: START + 39_000 }),
      type: 'CUSTOMER_LEFT',
      data: {},
    } as const;
    const healed = Array.from({ length: 20 }, (_, n) => ({
      ...messageAdded(`healed ${n}`, 'hello', { occurredAt: START + 16_000, receivedAt: START + 38_990 + n }),
      source: 'HISTORY' as const,
    }));
    expect(foldHandling([], [...heard, ...healed, left])).toEqual(foldHandling([], [...heard, left]));
    expect(foldHandling([], [...healed, left])).toContainEqual({ kind: 'CUSTOMER_LEFT', at: START + 39_000 });
  });

  it("keeps only the first of an agent's messages", () => {
    const more = [16, 17, 18].map((second) => messageAdded(`more ${second}`, 'hello', at(second)));
    expect(foldHandling([], [...story, ...more])).toEqual(foldHandling([], story));
  });

  it('continues from the stored form of an earlier version', () => {
    const agent = { agentId: 'a1', name: null };
    const kept = [
      {
        ...{ fromStart: true, startedAt: START, endedAt: START + 40_000, transferCount: 1, firstResponseAt: START + 15_000 },
        queues: [0, 21].map((second) => ({ queue: { queueId: 'q1', name: 'Support' }, queuedAt: START + second * 1_000 })),
        handledBy: [
          { agent, joinedAt: START + 10_000, leftAt: START + 20_000 },
          { agent: { agentId: 'a2', name: null }, joinedAt: START + 30_000, leftAt: START + 40_000 },
        ],
      },
    ];
    const interactions = [interaction('i1', 0, 40), interaction('i2', 100, 110)];
    const figures = metricsByInteraction(interactions, foldHandling(kept, story.slice(5)));
    expect(interactions.map(({ interactionId }) => figures.get(interactionId))).toMatchObject([
      { waitSeconds: 10, handleSeconds: 20, firstResponseSeconds: 5, transferCount: 1 },
      { waitSeconds: 4, handleSeconds: 6, firstResponseSeconds: null, transferCount: 0 },
    ]);
  });
});

describe('the interaction of a message', () => {
  const interactions = [interaction('a', 0, 40), interaction('b', 200, null)];
  it.each([
    ['during the first', 20, 'a'],
    ['at its end', 40, 'a'],
    ['between both, long before the second', 100, null],
    ['just before the second, which it opened', 199, 'b'],
    ['during the second', 500, 'b'],
    ['a minute and a bit before the first', -61, null],
  ])('%s', (_when, second, expected) => {
    expect(interactionAt(date(second), interactions)?.interactionId ?? null).toBe(expected);
  });

  it('is null if unknown', () => {
    expect(interactionAt(null, interactions)).toBeNull();
    expect(interactionAt(date(1), [])).toBeNull();
    expect(interactionAt(date(1), [interaction('x', null, null)])).toBeNull();
  });
});
