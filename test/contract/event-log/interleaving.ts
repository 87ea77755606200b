import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog, Scope } from '../../../src/events/port/event-log.js';
import type { LogSubscription } from '../../../src/events/port/log-subscription.js';
import { disposing, idsOf } from './harness.js';
import type { OpenLog } from './harness.js';
import { seededRandom } from './seeded-random.js';
import { queued } from './sample-events.js';

const ROUNDS = 150;

/** Waits for a number of turns of the event loop, or microtasks, so that each round interleaves in another way. */
async function stagger(random: () => number): Promise<void> {
  const turns = Math.floor(random() * 4);
  for (let turn = 0; turn < turns; turn += 1) await (random() < 0.5 ? nextTurn() : Promise.resolve());
}

async function readToLast(subscription: LogSubscription, last: string, random: () => number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.at(-1) !== last) {
    await stagger(random);
    const { done, value } = await subscription.next();
    if (done === true) throw new Error('ended');
    ids.push(value.event.id);
  }
  return ids;
}

async function appendAll(log: EventLog, ids: readonly string[], conversationId: string, random: () => number): Promise<void> {
  const appends: Promise<unknown>[] = [];
  for (const id of ids) {
    appends.push(log.append(queued(id, { conversationId })));
    if (random() < 0.3) await stagger(random);
  }
  await Promise.all(appends);
}

/** Appends that race the switch from stored to live events, in as many ways; two who follow, at `log`, must see each once, in order. `writer`: the gateway that appends. */
export async function interleave(log: EventLog, rounds: number, writer = log): Promise<void> {
  for (let seed = 1; seed <= rounds; seed += 1) {
    const random = seededRandom(seed);
    const conversationId = `c${seed}`;
    // Some rounds have more than one page of stored events to read.
    const count = seed % 10 === 0 ? 450 : Math.ceil(random() * 30);
    const ids = [...Array.from({ length: count }, (_, index) => `${seed}-${index}`), `last-${seed}`];
    const scope: Scope = seed % 3 === 0 ? 'all' : { conversationId };
    const after = await (await log.head()).cursor(scope);
    const appending = appendAll(writer, ids.slice(0, -1), conversationId, random);
    await stagger(random);
    const subscriptions = await Promise.all([log.subscribe(scope, { after }), log.subscribe(scope, { after })]);
    const seen = subscriptions.map((subscription) => readToLast(subscription, `last-${seed}`, seededRandom(seed + 1)));
    await appending;
    await writer.append(queued(`last-${seed}`, { conversationId }));
    for (const each of await Promise.all(seen)) expect({ seed, ids: each }).toEqual({ seed, ids: ids });
    for (const subscription of subscriptions) await subscription.return();
  }
}

/** Appends that race the switch from stored to live events. */
export function describeInterleaving(openLog: OpenLog): void {
  const open = disposing(openLog);

  it(`loses and repeats nothing in ${ROUNDS} interleavings of appending and subscribing`, async () => {
    const { log } = await open({ queueLimit: 1_000 });
    await interleave(log, ROUNDS);
    // Some 5 s on a quiet machine.
  }, 60_000);

  it('delivers in the order in which a later read returns the events', async () => {
    const { log } = await open();
    const scope = { conversationId: 'c1' };
    const live = await log.subscribe(scope, {});
    const random = seededRandom(7);
    const writers = ['a', 'b', 'c'].map((writer) =>
      appendAll(
        log,
        Array.from({ length: 60 }, (_, index) => `${writer}${index}`),
        'c1',
        random,
      ),
    );
    await Promise.all(writers);
    await log.append(queued('last'));
    expect(await readToLast(live, 'last', random)).toEqual(idsOf((await log.read(scope, { limit: 1000 })).events));
  });
}
