import { ConversationChanges } from '../../../../src/events/delivery/conversation-changes.js';
import type { ChangedConversation } from '../../../../src/events/delivery/conversation-changes.js';
import { SlowConsumerError } from '../../../../src/events/port/errors.js';
import type { DeliverySink, LogSubscription } from '../../../../src/events/port/log-subscription.js';
import type { Delivery } from '../../../../src/events/port/stored-event.js';
import { queued } from '../../../contract/event-log/sample-events.js';

/** Changes of a source that the test feeds, and what is delivered of them. */
function changesUnderTest(hidden: readonly string[] = []) {
  const sink: { to: DeliverySink | null } = { to: null };
  let isReturned = false;
  const source = {
    cursor: 'start',
    bookmark: 'bookmark',
    pipeTo: (to: DeliverySink) => {
      sink.to = to;
    },
    return: () => {
      isReturned = true;
      return Promise.resolve({ done: true, value: undefined });
    },
  } as unknown as LogSubscription;
  const reads: string[][] = [];
  const failure: { error: Error | null } = { error: null };
  const changes = new ConversationChanges({
    source,
    mayWant: ({ event }) => event.conversationId !== 'ignored',
    read: (ids) => {
      reads.push([...ids]);
      if (failure.error !== null) return Promise.reject(failure.error);
      const changes = ids.map((conversationId) => ({ conversationId, entry: null, isRemoved: false }));
      return Promise.resolve(changes.map((change) => (hidden.includes(change.conversationId) ? null : change)));
    },
  });
  const delivered: string[] = [];
  const ends: (Error | null)[] = [];
  const held: { until: Promise<void> | null } = { until: null };
  changes.pipeTo({
    write: (delivery: Delivery) => {
      const { change, event, cursor } = delivery as ChangedConversation;
      delivered.push(`${change.conversationId} ${event.id} resume ${cursor}`);
      return held.until;
    },
    end: (error) => ends.push(error),
  });
  const feed = (id: string, conversationId: string) =>
    sink.to?.write({ event: queued(id, { conversationId }), cursor: `at ${id}`, identity: null, replayed: false });
  return {
    changes,
    feed,
    delivered,
    ends,
    reads,
    held,
    failure,
    end: (error: Error | null) => sink.to?.end(error),
    isReturned: () => isReturned,
  };
}

const { jest } = import.meta;

describe('changes of conversations', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const settle = () => jest.advanceTimersByTimeAsync(0);

  it('are delivered when a conversation is erased, at most once a second, and not before what waits', async () => {
    const { changes, feed, delivered, held } = changesUnderTest(['hidden']);
    changes.acceptErasure('a');
    changes.acceptErasure('hidden');
    await settle();
    expect(delivered).toEqual(['a  resume start']);
    let release = (): void => undefined;
    held.until = new Promise((resolve) => (release = resolve));
    void feed('1', 'b');
    void feed('2', 'c');
    changes.acceptErasure('a');
    changes.acceptErasure('c');
    await jest.advanceTimersByTimeAsync(1_010);
    expect(delivered).toEqual(['a  resume start', 'b 1 resume at 1']);
    release();
    await jest.advanceTimersByTimeAsync(1_010);
    expect(delivered.slice(2)).toEqual(['c 2 resume at 2', 'a  resume at 2']);
  });

  it('are delivered immediately, then together for all events of a second', async () => {
    const { feed, delivered } = changesUnderTest();
    void feed('1', 'a');
    await settle();
    for (const id of ['2', '3', '4']) void feed(id, 'a');
    await jest.advanceTimersByTimeAsync(990);
    expect(delivered).toEqual(['a 1 resume at 1']);
    await jest.advanceTimersByTimeAsync(20);
    expect(delivered).toEqual(['a 1 resume at 1', 'a 4 resume at 4']);
    void feed('5', 'a');
    await jest.advanceTimersByTimeAsync(5_000);
    void feed('6', 'a');
    await settle();
    expect(delivered.slice(2)).toEqual(['a 5 resume at 5', 'a 6 resume at 6']);
  });

  it('have cursors before what is not delivered yet', async () => {
    const { feed, delivered, changes } = changesUnderTest();
    void feed('1', 'a');
    await settle();
    void feed('2', 'a');
    void feed('3', 'b');
    await settle();
    expect(delivered).toEqual(['a 1 resume at 1', 'b 3 resume at 1']);
    expect(changes.bookmark).toBeNull();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(delivered.at(-1)).toBe('a 2 resume at 3');
    expect(changes.bookmark).toBe('bookmark');
  });

  it('lose no event that comes while an entry is read or sent', async () => {
    const { feed, delivered, held } = changesUnderTest();
    let release: () => void = () => undefined;
    held.until = new Promise((resolve) => (release = resolve));
    void feed('1', 'a');
    await settle();
    void feed('2', 'a');
    void feed('3', 'b');
    await jest.advanceTimersByTimeAsync(3_000);
    expect(delivered).toHaveLength(1);
    held.until = null;
    release();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(delivered.slice(1).toSorted()).toEqual(['a 2 resume at 3', 'b 3 resume at 1']);
  });

  it('leave out what is not wanted, and what may not be seen', async () => {
    const { feed, delivered, reads } = changesUnderTest(['hidden']);
    for (const [index, id] of ['ignored', 'hidden', 'a'].entries()) void feed(String(index), id);
    await settle();
    expect(delivered).toEqual(['a 2 resume at 2']);
    expect(reads.flat()).toEqual(['hidden', 'a']);
  });

  it('take no more events while very many conversations wait', async () => {
    const { feed, held, delivered } = changesUnderTest();
    let release: () => void = () => undefined;
    held.until = new Promise((resolve) => (release = resolve));
    let accepted: Promise<void> | null | undefined = null;
    for (let index = 0; index < 10_001 && !accepted; index += 1) accepted = feed(String(index), `c${index}`);
    expect(accepted).toBeInstanceOf(Promise);
    await settle();
    held.until = null;
    release();
    await accepted;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(new Set(delivered).size).toBe(delivered.length);
    expect(delivered.length).toBeGreaterThan(10_000);
  });

  it('end with the source, and with a read that fails', async () => {
    const slow = changesUnderTest();
    const error = new SlowConsumerError('slow');
    slow.end(error);
    expect(slow.ends).toEqual([error]);
    const failing = changesUnderTest();
    failing.failure.error = new Error('unavailable');
    void failing.feed('1', 'a');
    await settle();
    expect([failing.ends, failing.isReturned()]).toEqual([[failing.failure.error], true]);
  });

  it('are over when nobody wants them any more', async () => {
    const { feed, changes, delivered, isReturned } = changesUnderTest();
    void feed('1', 'a');
    await settle();
    void feed('2', 'a');
    await changes.return();
    await jest.advanceTimersByTimeAsync(2_000);
    expect([delivered, isReturned()]).toEqual([['a 1 resume at 1'], true]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
