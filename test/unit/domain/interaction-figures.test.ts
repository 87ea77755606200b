import type { InteractionRecord } from '../../../src/domain/conversation.js';
import type { ConversationEvent } from '../../../src/domain/event.js';
import { metricsByInteraction } from '../../../src/domain/interaction-figures.js';
import type { InteractionMetrics } from '../../../src/domain/interaction-figures.js';
import { ownEventId } from '../../../src/domain/occurrence-times.js';
import { foldHandling } from '../../../src/domain/interaction-metrics.js';
import { agentJoined, agentLeft, messageAdded, queued, transferred } from '../../contract/event-log/sample-events.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';
import { HandledConversation } from './handled-story.js';
import type { SimulatedInteraction } from './handled-story.js';

/** Simulated conversations of up to five interactions, by seed. */
const STORIES = Number(process.env['HANDLING_STORIES'] ?? 500);

const isOfAgent = (event: ConversationEvent, agentId: string) =>
  ((event.type === 'AGENT_JOINED' || event.type === 'AGENT_LEFT') && event.data.agent.agentId === agentId) ||
  (event.type === 'MESSAGE_ADDED' && event.data.message.author.participantId === agentId);

/** The expected metrics. A lost message is undetectable: the first response is the first one that arrived. */
function truth({ queues, stints, transferCount }: SimulatedInteraction, arrived: readonly ConversationEvent[]) {
  const [first] = stints;
  const said = arrived.find(({ type }) => type === 'MESSAGE_ADDED')?.occurredAt.getTime();
  const handledMs = stints.reduce((sum, { joinedAt, leftAt }) => sum + leftAt - joinedAt, 0);
  return {
    queues: queues.map((queuedAt, index) => ({ queue: { queueId: `q${index}`, name: null }, queuedAt })),
    agents: stints.map(({ agentId }) => agentId),
    transferCount,
    waitSeconds: first === undefined ? null : (first.joinedAt - (queues[0] ?? 0)) / 1_000,
    handleSeconds: first === undefined ? null : handledMs / 1_000,
    firstResponseSeconds: first === undefined || said === undefined ? null : (said - first.joinedAt) / 1_000,
  };
}

const shown = ({ handledBy, ...figures }: InteractionMetrics) => ({
  ...figures,
  agents: handledBy?.map(({ agent }) => agent.agentId) ?? null,
});

/** Every stint and every transfer has at least one event: otherwise it is undetectable. */
function isTraceable({ stints, events }: SimulatedInteraction, arrived: ReadonlySet<ConversationEvent>): boolean {
  return stints.every(({ agentId, joinedAt, leftAt }, index) => {
    const until = stints[index + 1]?.joinedAt ?? leftAt;
    const ofAgent = events.filter((event) => isOfAgent(event, agentId) && isWithin(event, joinedAt, leftAt));
    const ofTransfer = events.filter((event) => event.type !== 'MESSAGE_ADDED' && isWithin(event, joinedAt + 1, until - 1));
    const hasTrace = (some: readonly ConversationEvent[]) => some.some((event) => arrived.has(event));
    return hasTrace(ofAgent) && (index + 1 >= stints.length || hasTrace(ofTransfer));
  });
}

const isWithin = ({ occurredAt }: ConversationEvent, from: number, until: number) =>
  occurredAt.getTime() >= from && occurredAt.getTime() <= until;

describe('the metrics of interactions', () => {
  it('equal the truth if every event has arrived', () => {
    for (let seed = 1; seed <= STORIES; seed += 1) {
      const conversation = new HandledConversation(seededRandom(seed));
      const events = conversation.interactions.flatMap((one) => one.events);
      const figures = metricsByInteraction(conversation.records, foldHandling([], events));
      for (const one of conversation.interactions) {
        const found = figures.get(one.record.interactionId);
        const expected = truth(one, one.events);
        // Transferred to nobody and ended without an event: indistinguishable from missing events.
        const isAbandoned = one.transferCount >= one.stints.length && one.transferCount > 0;
        const hasCustomerLeft = one.events.some(({ type }) => type === 'CUSTOMER_LEFT');
        const doubtful = isAbandoned && !hasCustomerLeft ? { agents: null, handleSeconds: null } : {};
        expect({ seed, figures: found && shown(found) }).toEqual({ seed, figures: { ...expected, ...doubtful } });
      }
    }
  });

  it('equal the truth or are null if some have not', () => {
    let [known, all] = [0, 0];
    const wrong: string[] = [];
    for (let seed = 1; seed <= STORIES; seed += 1) {
      const random = seededRandom(seed);
      const conversation = new HandledConversation(random);
      const loss = random() * 0.08;
      const events = conversation.interactions.flatMap((one) => one.events).filter(() => random() >= loss);
      const arrived = new Set(events);
      const figures = metricsByInteraction(conversation.records, foldHandling([], events));
      for (const one of conversation.interactions) {
        if (!isTraceable(one, arrived)) continue;
        const found = figures.get(one.record.interactionId);
        const expected: Record<string, unknown> = truth(
          one,
          one.events.filter((event) => arrived.has(event)),
        );
        for (const [name, value] of Object.entries(found === undefined ? {} : shown(found))) {
          const lost = one.events.filter((event) => !arrived.has(event)).map(({ id, type }) => `${id} ${type}`);
          const isRight = value === null || JSON.stringify(value) === JSON.stringify(expected[name]);
          if (!isRight) wrong.push(`seed ${seed}, ${one.record.interactionId}: ${name} ${JSON.stringify(value)}, lost ${lost.join(', ')}`);
          if (expected[name] !== null) known += value === null ? 0 : 1;
        }
        all += Object.values(expected).filter((value) => value !== null).length;
      }
    }
    expect(wrong).toEqual([]);
    // And most are not null.
    expect(known / all).toBeGreaterThan(0.75);
  });
});

describe('the metrics of an interaction', () => {
  const START = 1_767_225_600_000;
  const at = (seconds: number) => ({ occurredAt: START + seconds * 1_000 });
  const date = (seconds: number) => new Date(START + seconds * 1_000);
  const interaction = (interactionId: string, start: number | null, end: number | null) => ({
    interactionId,
    startedAt: start === null ? null : date(start),
    endedAt: end === null ? null : date(end),
  });
  const figures = (interactions: readonly InteractionRecord[], events: readonly ConversationEvent[]) => {
    const found = metricsByInteraction(interactions, foldHandling([], events));
    return interactions.map(({ interactionId }) => found.get(interactionId) ?? null);
  };
  const NOBODY = { handledBy: [], waitSeconds: null, handleSeconds: null, firstResponseSeconds: null };

  it('exclude the facts of the next one if no event reports the end', () => {
    const events = [
      queued('q1', at(0)),
      queued('q2', at(300)),
      agentJoined('j2', at(305)),
      messageAdded('m2', 'hello', at(307)),
      agentLeft('l2', at(400)),
    ];
    expect(figures([interaction('i1', 0, 10), interaction('i2', 300, 400)], events)).toMatchObject([
      { ...NOBODY, queues: [{ queuedAt: START }] },
      { waitSeconds: 5, handleSeconds: 95, firstResponseSeconds: 2, handledBy: [{ leftAt: START + 400_000 }] },
    ]);
    // Nor if the next one's queueing is lost.
    expect(figures([interaction('i1', 0, 10), interaction('i2', 300, 400)], events.slice(0, 1).concat(events.slice(2)))).toMatchObject([
      NOBODY,
      null,
    ]);
  });

  it('are matched in order if interactions follow each other faster than their queueing', () => {
    const numbers = [0, 1, 2, 3, 4];
    const interactions = numbers.map((number) => interaction(`i${number}`, number * 10, number * 10 + 10));
    const events = numbers.flatMap((number) => [
      queued(`q${number}`, at(number * 10 + 6)),
      agentJoined(`j${number}`, at(number * 10 + 7 + number / 10)),
      agentLeft(`l${number}`, at(number * 10 + 10)),
    ]);
    const waits = [1, 1.1, 1.2, 1.3, 1.4];
    expect(figures(interactions, events).map((found) => found?.waitSeconds)).toEqual(waits);
    const withoutThird = events.filter(({ id }) => id !== 'q2');
    expect(figures(interactions, withoutThird).map((found) => found?.waitSeconds)).toEqual(
      waits.map((wait, index) => (index === 2 ? undefined : wait)),
    );
  });

  it('are null if the start is unknown or more than a minute before the first queueing', () => {
    const events = [queued('q1', at(61)), agentJoined('j1', at(70)), agentLeft('l1', at(80))];
    expect(figures([interaction('i1', 0, 80)], events)).toEqual([null]);
    expect(figures([interaction('i1', 1, 80)], events)).toMatchObject([{ waitSeconds: 9 }]);
    expect(figures([interaction('i1', null, 80)], events)).toEqual([null]);
  });

  it('count an agent reported as joined twice once', () => {
    const events = [queued('q1', at(0)), agentJoined('j1', at(5)), agentJoined('j2', at(6)), agentLeft('l1', at(50))];
    expect(figures([interaction('i1', 0, 50)], events)).toMatchObject([
      { handleSeconds: 45, handledBy: [{ joinedAt: START + 5_000, leftAt: START + 50_000 }], transferCount: 0 },
    ]);
  });

  it('leave no stint open after the end, and compute no sum from an unknown time', () => {
    const events = [queued('q1', at(0)), agentJoined('j1', at(5))];
    const stint = { joinedAt: START + 5_000, leftAt: START + 50_000 };
    expect(figures([interaction('i1', 0, 50)], events)).toMatchObject([{ waitSeconds: 5, handleSeconds: null, handledBy: [stint] }]);
    expect(figures([interaction('i1', 0, null)], events)).toMatchObject([{ handleSeconds: null, handledBy: [{ leftAt: null }] }]);
  });

  it('are exact to the millisecond', () => {
    const second = { agent: { agentId: 'a2', name: null } };
    const events = [
      queued('q1', at(0)),
      agentJoined('j1', at(1.1)),
      transferred('t1', at(5.437)),
      agentLeft('l1', at(5.437)),
      queued('q2', at(5.5)),
      { ...agentJoined('j2', at(6)), data: second },
      { ...agentLeft('l2', at(14.1)), data: second },
    ];
    expect(figures([interaction('i1', 0, 14.1)], events)).toMatchObject([{ handleSeconds: 12.437, transferCount: 1 }]);
  });

  it('exclude interactions that the upstream has not listed yet', () => {
    const events = [
      queued('q1', at(0)),
      agentJoined('j1', at(5)),
      agentLeft('l1', at(50)),
      queued('q2', at(60)),
      agentJoined('j2', at(61)),
    ];
    expect(figures([interaction('i1', 0, 50)], events)).toMatchObject([{ handleSeconds: 45, transferCount: 0, queues: [{}] }]);
  });

  it('are computed without comparing every interaction with every event', () => {
    let reads = 0;
    const interactions = Array.from({ length: 1_000 }, (_, index) => ({
      ...{ interactionId: `i${index}`, endedAt: date(index * 10 + 9) },
      get startedAt() {
        reads += 1;
        return date(index * 10);
      },
    }));
    const events = interactions.flatMap((_, index) => [
      queued(`q${index}`, at(index * 10)),
      agentJoined(`j${index}`, at(index * 10 + 1)),
      agentLeft(`l${index}`, at(index * 10 + 9)),
    ]);
    expect(figures(interactions, events).every((found) => found?.handleSeconds === 8)).toBe(true);
    expect(reads).toBeLessThan(10 * interactions.length);
  });

  it.each([-3, 0, 3])("go by the contact centre's clock if ours is %d s ahead and CUSTOMER_LEFT is our own event", (ahead) => {
    const received = (seconds: number) => ({ ...at(seconds), receivedAt: START + (seconds + ahead) * 1_000 });
    const ours = new Date(START + (21 + ahead) * 1_000);
    const customerLeft: ConversationEvent = {
      ...{ id: ownEventId('left'), conversationId: 'c1', occurredAt: ours, receivedAt: ours, source: 'GATEWAY' },
      ...{ type: 'CUSTOMER_LEFT', data: {} },
    };
    const heard = [
      queued('q1', received(0)),
      agentJoined('j1', received(10)),
      messageAdded('m1', 'hello', received(20)),
      queued('q2', received(23)),
      agentJoined('j2', received(25)),
      agentLeft('l2', received(30)),
    ];
    expect(figures([interaction('i1', 0, 21), interaction('i2', 23, 30)], [...heard, customerLeft])).toMatchObject([
      { waitSeconds: 10, handleSeconds: null, firstResponseSeconds: 10, handledBy: [{ leftAt: START + 21_000 }] },
      { waitSeconds: 2, handleSeconds: 5, handledBy: [{ leftAt: START + 30_000 }] },
    ]);
  });
});
