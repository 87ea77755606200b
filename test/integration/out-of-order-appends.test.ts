import { setImmediate as nextTurn } from 'node:timers/promises';
import { detectEnds } from '../../src/domain/interaction-end.js';
import type { EventLog } from '../../src/events/port/event-log.js';
import { Projections } from '../../src/events/history/projections.js';
import { InteractionEndDetector } from '../../src/events/jobs/interaction-end-detector.js';
import { openEmbeddedUnderTest } from '../contract/event-log/sqlite-log.js';
import type { LogUnderTest } from '../contract/event-log/harness.js';
import { seededRandom } from '../contract/event-log/seeded-random.js';
import { untilTrue } from '../support/until.js';
import { shuffled, TimelineSimulator } from '../unit/domain/simulated-timeline.js';
import type { Timeline } from '../unit/domain/simulated-timeline.js';

const ORDERS = 300;

let under: LogUnderTest;
let projections: Projections;
let settler: InteractionEndDetector;
/** By conversation. */
const stories = new Map<string, Timeline>();

beforeAll(async () => {
  under = await openEmbeddedUnderTest();
  projections = new Projections(under.log);
  settler = new InteractionEndDetector({
    log: under.log,
    projections,
    interactions: (conversationId) => Promise.resolve(stories.get(conversationId)?.interactions ?? []),
    // Long after all that happens: nobody's leaving is still waited for.
    clock: () => Number.MAX_SAFE_INTEGER / 4_096,
    delaysMs: [0, 1, 5, 20, 100],
  });
});
afterAll(async () => {
  settler.close();
  await under.dispose();
});

/** Appends a story's events in random order, duplicates too, now several in parallel, now one by one, while somebody asks for what they result in. */
async function arrive(log: EventLog, { events }: Timeline, conversationId: string, random: () => number): Promise<void> {
  const appends: Promise<void>[] = [];
  for (const event of shuffled(events, random)) {
    appends.push(log.append(event).then((appended) => settler.observe(appended)));
    if (random() < 0.3) await appends.at(-1);
    if (random() < 0.2) await projections.of(conversationId);
    if (random() < 0.2) await nextTurn();
  }
  await Promise.all(appends);
}

async function endsIn(log: EventLog, conversationId: string): Promise<(string | null)[]> {
  const { events } = await log.read({ conversationId }, { limit: 1_000, types: ['INTERACTION_ENDED'] });
  return events.flatMap(({ event }) => (event.type === 'INTERACTION_ENDED' ? [event.data.interactionId] : [])).sort();
}

async function playInDisorder(seed: number): Promise<void> {
  const { log } = under;
  const random = seededRandom(seed);
  const conversationId = `c${seed}`;
  const story = new TimelineSimulator(random, conversationId).play();
  stories.set(conversationId, story);
  await arrive(log, story, conversationId, random);
  const expected = story.interactions.map(({ interactionId }) => interactionId);
  await untilTrue(async () => (await endsIn(log, conversationId)).length >= expected.length);

  expect({ seed, ends: await endsIn(log, conversationId) }).toEqual({ seed, ends: expected });
  for (const reader of [projections, new Projections(log)]) {
    const { state, endsInteraction } = await reader.of(conversationId);
    expect({ seed, state, endsInteraction }).toEqual({ seed, state: 'IDLE', endsInteraction: story.endsInteraction });
  }
}

it(`has the same result in ${ORDERS} orders of arrival, with duplicate and late events, and ends each interaction once`, async () => {
  const seeds = Array.from({ length: ORDERS }, (_, index) => index + 1);
  while (seeds.length > 0) await Promise.all(seeds.splice(0, 30).map(playInDisorder));
  // And nothing is left to settle, however often it is looked at.
  for (const [conversationId, { interactions }] of stories) {
    const settlement = detectEnds(conversationId, await projections.stateEvents(conversationId), interactions);
    expect({ conversationId, ...settlement }).toEqual({ conversationId, ended: [], open: false });
    expect(await endsIn(under.log, conversationId)).toHaveLength(interactions.length);
  }
}, 60_000);
