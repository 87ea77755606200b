import { episodeOf, figuresOf, handlingOf, interactionAt } from '../../../src/domain/handling.js';
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

describe('handling', () => {
  it('comes to the same in any order, with events doubled', () => {
    const whole = handlingOf([], story);
    expect(whole.map(figuresOf)).toMatchObject([
      { waitSeconds: 10, handleSeconds: 30, firstResponseSeconds: 5 },
      { waitSeconds: 4, handleSeconds: 6, firstResponseSeconds: null },
    ]);
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = seededRandom(seed);
      const shuffled = [...story, ...story.slice(0, 4)]
        .map((event) => ({ event, rank: random() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ event }) => event);
      expect({ seed, handling: handlingOf([], shuffled) }).toEqual({ seed, handling: whole });
    }
  });

  it('folds on from what earlier events came to, wherever they were cut', () => {
    const whole = handlingOf([], story);
    for (let cut = 0; cut <= story.length; cut += 1) {
      const kept = JSON.parse(JSON.stringify(handlingOf([], story.slice(0, cut)))) as typeof whole;
      expect(handlingOf(kept, story.slice(cut))).toEqual(whole);
    }
  });

  it('knows that it came in late', () => {
    expect(handlingOf([], story.slice(1))[0]?.fromStart).toBe(false);
    expect(handlingOf([], story.slice(3))[0]).toMatchObject({ fromStart: false, handledBy: [{ joinedAt: null }] });
  });

  it('leaves open what is open', () => {
    const [open] = handlingOf([], story.slice(0, 3));
    expect(open && figuresOf(open)).toMatchObject({ waitSeconds: 10, handleSeconds: null, firstResponseSeconds: 5 });
    const [waiting] = handlingOf([], story.slice(0, 1));
    expect(waiting && figuresOf(waiting)).toMatchObject({ waitSeconds: null, handleSeconds: null, firstResponseSeconds: null });
  });

  it('is matched to the interaction that starts nearest, each once, none further than a minute away', () => {
    const handling = handlingOf([], story);
    const interactions = [interaction('a', 1, 40), interaction('b', 101, null), interaction('c', 400, null), interaction('d', null, null)];
    expect(interactions.map((one) => episodeOf(one, interactions, handling)?.startedAt ?? null)).toEqual([
      START,
      START + 100_000,
      null,
      null,
    ]);
    const rivals = [interaction('far', 40, 41), interaction('near', 2, 3)];
    expect(rivals.map((one) => episodeOf(one, rivals, handling.slice(0, 1)))).toEqual([null, handling[0]]);
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

  it('is not guessed', () => {
    expect(interactionAt(null, interactions)).toBeNull();
    expect(interactionAt(date(1), [])).toBeNull();
    expect(interactionAt(date(1), [interaction('x', null, null)])).toBeNull();
  });
});
