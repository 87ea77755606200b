import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventType } from '../../../../src/domain/event.js';
import { queued, typing } from '../../../contract/event-log/sample-events.js';
import { take, idsOf } from '../../../contract/event-log/harness.js';
import { LogUnavailableError, SlowConsumerError } from '../../../../src/events/port/errors.js';
import type { DeliverySink } from '../../../../src/events/port/log-subscription.js';
import type { Delivery, StoredEvent } from '../../../../src/events/port/stored-event.js';
import { CatchUpSubscription, toReplayPage } from '../../../../src/events/delivery/catch-up-subscription.js';
import type { Callbacks, ReplayPage } from '../../../../src/events/delivery/catch-up-subscription.js';

const logged = (id: string): StoredEvent => ({ event: queued(id), cursor: `at ${id}`, identity: null });
const live = (id: string): Delivery => ({ ...logged(id), replayed: false });
const page = (ids: string[], hasMore: boolean): ReplayPage =>
  toReplayPage({ events: ids.map(logged), hasMore, upTo: `at ${ids.at(-1) ?? 'the end'}` });

/** A subscription whose page reads are answered by the test. */
function subscriptionUnderTest(queueLimit = 2, types: readonly EventType[] | null = null) {
  const reads: { after: string; outcome: Callbacks<ReplayPage> }[] = [];
  const ends: string[] = [];
  const subscription = new CatchUpSubscription({
    cursor: 'start',
    types,
    queueLimit,
    readPage: (after, outcome) => reads.push({ after, outcome }),
    onEnd: () => ends.push('end'),
  });
  const answer = (index: number, result: ReplayPage | Error) => {
    const outcome = reads[index]?.outcome;
    if (result instanceof Error) outcome?.reject(result);
    else outcome?.resolve(result);
  };
  return { subscription, reads, ends, answer };
}

describe('a subscription', () => {
  it.each([
    [['TYPING_CHANGED', 'AGENT_LEFT'], ['typing']],
    [['INTERACTION_QUEUED'], ['e1']],
    [[], []],
    [null, ['e1', 'typing', 'of a later version']],
  ] as const)('to %j gets these and no others', (types, ids) => {
    const { subscription } = subscriptionUnderTest(9, types);
    const taken: string[] = [];
    subscription.pipeTo({
      write: ({ event }) => {
        taken.push(event.id);
        return null;
      },
      end: () => undefined,
    });
    subscription.accept(live('e1'));
    subscription.acceptTransient(typing('typing'));
    subscription.accept({ ...live('x'), event: { ...queued('of a later version'), type: 'NOT_KNOWN_YET' as 'INTERACTION_QUEUED' } });
    expect(taken).toEqual(ids);
  });

  it('writes an event to an idle sink immediately, and after the queued ones otherwise', async () => {
    const { subscription } = subscriptionUnderTest(9);
    const taken: string[] = [];
    let isSlow = true;
    const goOn = new Promise<void>((resolve) => {
      subscription.pipeTo({
        write: ({ event }) => {
          taken.push(event.id);
          if (!isSlow) return null;
          isSlow = false;
          return nextTurn().then(() => resolve());
        },
        end: () => undefined,
      });
    });
    for (const id of ['e1', 'e2', 'e3']) subscription.accept(live(id));
    expect([taken, subscription.queued, subscription.cursor]).toEqual([['e1'], 2, 'at e1']);
    await goOn;
    subscription.accept(live('e4'));
    await nextTurn();
    expect([taken, subscription.queued, subscription.cursor]).toEqual([['e1', 'e2', 'e3', 'e4'], 0, 'at e4']);
  });

  it('replays a page that it shares with others at its own pace, and live events after it', async () => {
    const shared = page(['e1', 'e2', 'e3'], false);
    const [fast, slow] = [subscriptionUnderTest(), subscriptionUnderTest()];
    for (const { subscription, answer } of [fast, slow]) {
      const started = subscription.start();
      answer(0, shared);
      await started;
      subscription.accept(live('e4'));
    }
    expect(idsOf(await take(slow.subscription, 1))).toEqual(['e1']);
    expect(idsOf(await take(fast.subscription, 4))).toEqual(['e1', 'e2', 'e3', 'e4']);
    expect([slow.subscription.queued, slow.subscription.bookmark, fast.subscription.queued]).toEqual([3, null, 0]);
    expect(idsOf(await take(slow.subscription, 3))).toEqual(['e2', 'e3', 'e4']);
    expect(shared.deliveries).toHaveLength(3);
  });

  it('has a bookmark after all that was examined, and none while something is in flight, queued, or still to be read', async () => {
    const { subscription, answer } = subscriptionUnderTest(9, ['AGENT_LEFT']);
    const wanted = (id: string) => ({ ...live(id), event: { ...queued(id), type: 'AGENT_LEFT' as 'INTERACTION_QUEUED' } });
    const begun = subscription.start();
    let ready = () => undefined as unknown;
    subscription.pipeTo({ write: () => new Promise((resolve) => (ready = () => resolve())), end: () => undefined });
    expect(subscription.bookmark).toBeNull();
    answer(0, { deliveries: [], hasMore: false, upTo: 'the end' });
    await begun;
    expect([subscription.bookmark, subscription.cursor]).toEqual(['the end', 'start']);
    subscription.accept(live('not wanted'));
    expect([subscription.bookmark, subscription.cursor]).toEqual(['at not wanted', 'start']);
    for (const id of ['e1', 'e2']) subscription.accept(wanted(id));
    subscription.accept(live('not wanted either'));
    expect(subscription.bookmark).toBeNull();
    ready();
    await nextTurn();
    expect(subscription.bookmark).toBeNull();
    ready();
    await nextTurn();
    expect([subscription.bookmark, subscription.cursor]).toEqual(['at not wanted either', 'at e2']);
    subscription.end();
    expect(subscription.bookmark).toBeNull();
  });

  it('reads the next page only when the consumer has accepted the previous one, and ignores live events meanwhile', async () => {
    const { subscription, reads, answer } = subscriptionUnderTest();
    const begun = subscription.start();
    subscription.accept(live('in the page'));
    answer(0, page(['e1', 'e2'], true));
    await begun;
    subscription.accept(live('in the next page'));
    subscription.acceptTransient(typing('t'));
    expect(idsOf(await take(subscription, 2))).toEqual(['e1', 'e2']);
    expect(reads).toHaveLength(1);
    const waiting = subscription.next();
    await nextTurn();
    expect(reads.map(({ after }) => after)).toEqual(['start', 'at e2']);
    answer(1, page(['e3'], false));
    subscription.accept(live('e4'));
    expect(await waiting).toMatchObject({ value: { event: { id: 'e3' }, replayed: true } });
    expect(await take(subscription, 1)).toEqual([live('e4')]);
    expect(reads).toHaveLength(2);
  });

  it('accepts live events from the moment of the last page, before the consumer has read it', async () => {
    const { subscription, answer } = subscriptionUnderTest();
    const begun = subscription.start();
    answer(0, page(['e1', 'e2', 'e3'], false));
    subscription.accept(live('e4'));
    subscription.accept(live('e5'));
    await begun;
    expect(subscription.cursor).toBe('start');
    expect(idsOf(await take(subscription, 5))).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
    expect(subscription.cursor).toBe('at e5');
  });

  it('reads once for several that wait, and again while some still wait', async () => {
    const { subscription, reads, answer } = subscriptionUnderTest();
    const begun = subscription.start();
    answer(0, page(['e1'], true));
    await begun;
    const waiting = [subscription.next(), subscription.next(), subscription.next()];
    await nextTurn();
    expect(reads).toHaveLength(2);
    answer(1, page(['e2'], true));
    await nextTurn();
    expect(reads).toHaveLength(3);
    answer(2, page(['e3'], true));
    const results = await Promise.all(waiting);
    expect(results.map(({ value }: IteratorResult<Delivery, undefined>) => value?.event.id)).toEqual(['e1', 'e2', 'e3']);
  });

  it('ends when its beginning fails', async () => {
    const { subscription, ends, answer } = subscriptionUnderTest();
    const begun = subscription.start();
    answer(0, new LogUnavailableError('gone'));
    await expect(begun).rejects.toBeInstanceOf(LogUnavailableError);
    expect(ends).toEqual(['end']);
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
  });

  it('rejects one pending next() when a later page fails, and is done for the others', async () => {
    const { subscription, ends, answer } = subscriptionUnderTest();
    const begun = subscription.start();
    answer(0, page(['e1'], true));
    await begun;
    await take(subscription, 1);
    const waiting = Promise.allSettled([subscription.next(), subscription.next()]);
    await nextTurn();
    answer(1, new LogUnavailableError('gone'));
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(ends).toEqual(['end']);
  });

  it('holds a page larger than its queue, and as many live events as fit the queue', async () => {
    const { subscription, ends, answer } = subscriptionUnderTest(2);
    const begun = subscription.start();
    answer(0, page(['e1', 'e2', 'e3'], false));
    await begun;
    subscription.accept(live('e4'));
    subscription.accept(live('e5'));
    expect(ends).toEqual([]);
    subscription.accept(live('e6'));
    expect(ends).toEqual(['end']);
    await expect(subscription.next()).rejects.toThrow(SlowConsumerError);
    expect(subscription.cursor).toBe('start');
  });

  it('ends once, and lets a page that comes afterwards go by', async () => {
    const { subscription, ends, answer } = subscriptionUnderTest();
    void subscription.start();
    const waiting = subscription.next();
    await subscription.return();
    subscription.end();
    answer(0, page(['e1'], false));
    subscription.accept(live('e2'));
    expect([await waiting, await subscription.next()]).toEqual(Array(2).fill({ done: true, value: undefined }));
    expect(ends).toEqual(['end']);
  });
});

/** Takes deliveries, and notes them; what `take` gives for an event is by its id. */
function takerUnderTest(answers: Readonly<Record<string, () => Promise<void> | null>> = {}) {
  const taken: string[] = [];
  const ends: (Error | null)[] = [];
  const taker: DeliverySink = {
    write: ({ event: { id } }) => {
      taken.push(id);
      return answers[id]?.() ?? null;
    },
    end: (error) => ends.push(error),
  };
  return { taker, taken, ends };
}

describe('a subscription that is handed over', () => {
  it('delivers stored events, then live ones, a page at a time and in order', async () => {
    const { subscription, reads, answer } = subscriptionUnderTest();
    const { taker, taken } = takerUnderTest();
    const begun = subscription.start();
    answer(0, page(['e1', 'e2'], true));
    await begun;
    subscription.pipeTo(taker);
    expect(taken).toEqual(['e1', 'e2']);
    expect(reads.map(({ after }) => after)).toEqual(['start', 'at e2']);
    subscription.accept(live('in the page'));
    answer(1, page(['e3', 'e4'], false));
    subscription.accept(live('e5'));
    expect(taken).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
    expect(reads).toHaveLength(2);
    expect(subscription.cursor).toBe('at e5');
  });

  it('waits while one is in flight, and reads no page meanwhile', async () => {
    const { subscription, reads, answer } = subscriptionUnderTest();
    let free: () => void = () => undefined;
    const { taker, taken } = takerUnderTest({ e2: () => new Promise<void>((resolve) => (free = resolve)) });
    const begun = subscription.start();
    answer(0, page(['e1', 'e2'], true));
    await begun;
    subscription.pipeTo(taker);
    expect(taken).toEqual(['e1', 'e2']);
    expect(reads).toHaveLength(1);
    free();
    await nextTurn();
    expect(reads).toHaveLength(2);
    answer(1, page(['e3'], false));
    expect(taken).toEqual(['e1', 'e2', 'e3']);
  });

  it('delivers nothing more of a page once it was ended in the middle of it', () => {
    const { subscription, reads, ends, answer } = subscriptionUnderTest();
    const {
      taker,
      taken,
      ends: endReasons,
    } = takerUnderTest({
      e1: () => {
        subscription.end();
        return null;
      },
    });
    void subscription.start();
    subscription.pipeTo(taker);
    answer(0, page(['e1', 'e2'], true));
    expect(taken).toEqual(['e1']);
    expect([ends, endReasons, reads.length]).toEqual([['end'], [null], 1]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('broken');
      },
    ],
    ['rejects with', () => Promise.reject(new TypeError('broken'))],
  ])('ends with what its taker %s, which its `end` receives', async (_, fault) => {
    const { subscription, ends } = subscriptionUnderTest();
    const { taker, taken, ends: endReasons } = takerUnderTest({ e1: fault });
    const endsWhenReported: number[] = [];
    subscription.pipeTo({
      write: taker.write.bind(taker),
      end: (error) => {
        endsWhenReported.push(ends.length);
        taker.end(error);
      },
    });
    subscription.accept(live('e1'));
    await nextTurn();
    subscription.accept(live('e2'));
    expect([taken, endReasons, endsWhenReported]).toEqual([['e1'], [new TypeError('broken')], [1]]);
  });

  it('ends a taker who is too slow', () => {
    const { subscription } = subscriptionUnderTest(2);
    const { taker, taken, ends } = takerUnderTest({ e1: () => new Promise<void>(() => undefined) });
    subscription.pipeTo(taker);
    for (const id of ['e1', 'e2', 'e3', 'e4']) subscription.accept(live(id));
    expect(taken).toEqual(['e1']);
    expect(ends).toEqual([expect.any(SlowConsumerError)]);
  });

  it('reports to a late sink how it ended', () => {
    const { subscription } = subscriptionUnderTest();
    const { taker, ends } = takerUnderTest();
    subscription.fail(new LogUnavailableError('gone'));
    subscription.pipeTo(taker);
    expect(ends).toEqual([expect.any(LogUnavailableError)]);
  });
});
