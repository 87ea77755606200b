import { MAX_DEAD_LETTERS } from '../../../src/events/port/sink-store.js';
import type { DeadLetter, LeaseRequest, ShardProgress } from '../../../src/events/port/sink-store.js';
import { untilTrue } from '../../support/until.js';
import { appendWhenReceived, disposing, idsOf } from './harness.js';
import type { LogUnderTest, OpenLog } from './harness.js';
import { queued, START } from './sample-events.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const request = (owner: string, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  sink: 's1',
  owner,
  shards: 4,
  ttlMs: MINUTE,
  start: 'begin',
  ...more,
});

const letter = (eventId: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  eventId,
  conversationId: 'c1',
  type: 'MESSAGE_ADDED',
  failedAt: new Date(START),
  attempts: 10,
  reason: '500',
  ...more,
});

const shardsOf = ({ shards }: { readonly shards: readonly { readonly shard: number }[] }): number[] => shards.map(({ shard }) => shard);
const movedTo = (cursor: string, shards: readonly ShardProgress[]): ShardProgress[] => shards.map((each) => ({ ...each, cursor }));

/** What every engine's `sinks` keep to. */
export function describeSinks(openLog: OpenLog): void {
  const open = disposing(openLog);
  const openSinks = async (): Promise<LogUnderTest & { readonly sinks: LogUnderTest['log']['sinks'] }> => {
    const under = await open();
    return { ...under, sinks: under.log.sinks };
  };

  it('leases all shards to the only gateway, from where the sink began', async () => {
    const { sinks } = await openSinks();
    const first = await sinks.lease(request('a'));
    expect(first).toMatchObject({ share: 4, disabled: null, deadLetters: 0, requested: 0 });
    expect(first.shards).toEqual([0, 1, 2, 3].map((shard) => ({ shard, token: 1, cursor: 'begin' })));
    // Where it begins is decided once.
    expect(await sinks.lease(request('a', { start: 'later' }))).toEqual(first);
  });

  it('divides the shards between gateways, once the first releases what it has too many of', async () => {
    const { sinks } = await openSinks();
    const { shards } = await sinks.lease(request('a'));
    expect(await sinks.lease(request('b'))).toMatchObject({ share: 2, shards: [] });
    expect((await sinks.lease(request('a'))).share).toBe(2);
    await sinks.release('s1', 'a', movedTo('x', shards.slice(0, 2)));
    const taken = await sinks.lease(request('b'));
    expect(taken.shards).toEqual([0, 1].map((shard) => ({ shard, token: 2, cursor: 'x' })));
    expect(shardsOf(await sinks.lease(request('a')))).toEqual([2, 3]);
    expect(shardsOf(await sinks.lease(request('c')))).toEqual([]);
  });

  it('leases the shards of a gateway that no longer renews, whose later progress is not recorded', async () => {
    const { sinks, clock } = await openSinks();
    const { shards } = await sinks.lease(request('a', { ttlMs: 50 }));
    expect(await sinks.advance('s1', 'a', movedTo('x', shards))).toEqual([]);
    clock.now += 50;
    await untilTrue(async () => (await sinks.lease(request('b'))).shards.length === 4);
    expect(await sinks.advance('s1', 'a', movedTo('y', shards))).toEqual([0, 1, 2, 3]);
    const { shards: now } = await sinks.lease(request('b'));
    expect(now).toEqual([0, 1, 2, 3].map((shard) => ({ shard, token: 2, cursor: 'x' })));
  });

  it('keeps nothing of a gateway that had the shard before and has it again', async () => {
    const { sinks } = await openSinks();
    const { shards } = await sinks.lease(request('a'));
    await sinks.release('s1', 'a', movedTo('x', shards));
    const { shards: again } = await sinks.lease(request('a'));
    expect(await sinks.advance('s1', 'a', movedTo('old', shards))).toEqual([0, 1, 2, 3]);
    expect(await sinks.advance('s1', 'a', movedTo('new', again))).toEqual([]);
  });

  it('says when the shards of another gateway will be free, unless that renews', async () => {
    const { sinks } = await openSinks();
    expect((await sinks.lease(request('a'))).nextFreeMs).toBeNull();
    const { nextFreeMs } = await sinks.lease(request('b', { ttlMs: 2 * MINUTE }));
    expect(nextFreeMs).toBeLessThanOrEqual(MINUTE);
    expect(nextFreeMs).toBeGreaterThan(0);
    await sinks.lease(request('c', { ttlMs: 3 * MINUTE }));
    // Of the others, the one that ends first.
    const next = (await sinks.lease(request('a'))).nextFreeMs;
    expect(next).toBeLessThanOrEqual(2 * MINUTE);
    expect(next).toBeGreaterThan(MINUTE);
  });

  it('does not count a gateway that has left', async () => {
    const { sinks } = await openSinks();
    await sinks.lease(request('a'));
    await sinks.lease(request('b'));
    await sinks.leave('s1', 'a');
    expect(shardsOf(await sinks.lease(request('b')))).toEqual([0, 1, 2, 3]);
  });

  it('knows the progress after a restart, and that of each sink apart', async () => {
    const { sinks, reopen } = await openSinks();
    const { shards } = await sinks.lease(request('a'));
    await sinks.lease(request('a', { sink: 's2', start: 'other' }));
    await sinks.advance('s1', 'a', movedTo('x', shards.slice(1)));
    await sinks.leave('s1', 'a');
    await sinks.leave('s2', 'a');
    const after = (await reopen()).sinks;
    expect((await after.lease(request('b'))).shards.map(({ cursor }) => cursor)).toEqual(['begin', 'x', 'x', 'x']);
    expect((await after.lease(request('b', { sink: 's2' }))).shards.map(({ cursor }) => cursor)).toEqual(Array(4).fill('other'));
  });

  it('remembers that a sink is disabled, when and why, until it is enabled', async () => {
    const { sinks, reopen } = await openSinks();
    await sinks.lease(request('a'));
    expect(await sinks.enable('s1')).toBe(false);
    const disabled = { at: new Date(START), reason: 'gone' };
    await sinks.disable('s1', disabled);
    await sinks.disable('s1', { at: new Date(START + 1), reason: 'again' });
    const after = (await reopen()).sinks;
    expect((await after.lease(request('b'))).disabled).toEqual(disabled);
    expect(await after.states()).toMatchObject([{ sink: 's1', disabled }]);
    expect(await after.enable('s1')).toBe(true);
    expect((await after.lease(request('b'))).disabled).toBeNull();
  });

  it('keeps the latest of what gateways report of a receiver', async () => {
    const { sinks, reopen } = await openSinks();
    await sinks.lease(request('a'));
    expect(await sinks.states()).toMatchObject([{ acceptedAt: null, lastFailure: null }]);
    const failure = (ms: number) => ({ at: new Date(START + ms), reason: `HTTP ${500 + ms}` });
    await sinks.report('s1', { acceptedAt: null, lastFailure: failure(2) });
    expect(await sinks.states()).toMatchObject([{ acceptedAt: null, lastFailure: failure(2) }]);
    // Of another gateway, whose last failure is earlier.
    await sinks.report('s1', { acceptedAt: new Date(START + 5), lastFailure: failure(1) });
    await sinks.report('s1', { acceptedAt: new Date(START + 4), lastFailure: null });
    const after = (await reopen()).sinks;
    expect(await after.states()).toMatchObject([{ sink: 's1', acceptedAt: new Date(START + 5), lastFailure: failure(2), disabled: null }]);
    // It is neither a shard nor a gateway.
    expect(await after.lease(request('a'))).toMatchObject({ share: 4 });
  });

  it('keeps what was last reported of channels that do not exist, for each sink apart', async () => {
    const { sinks, reopen } = await openSinks();
    await sinks.lease(request('a'));
    await sinks.lease(request('a', { sink: 's2' }));
    expect(await sinks.states()).toMatchObject([{ unknownChannels: [] }, { unknownChannels: [] }]);
    await sinks.reportUnknownChannels('s1', ['c1']);
    await sinks.reportUnknownChannels('s1', ['c2', 'größer "c3"']);
    const after = (await reopen()).sinks;
    expect(await after.states()).toMatchObject([
      { sink: 's1', unknownChannels: ['c2', 'größer "c3"'] },
      { sink: 's2', unknownChannels: [] },
    ]);
    // It is neither a shard nor a gateway.
    expect(await after.lease(request('a'))).toMatchObject({ share: 4 });
    await after.reportUnknownChannels('s1', []);
    await after.reportUnknownChannels('s2', []);
    expect(await after.states()).toMatchObject([{ unknownChannels: [] }, { unknownChannels: [] }]);
  });

  it('keeps dead letters in the order of their failure, one of each event', async () => {
    const { sinks, reopen } = await openSinks();
    await sinks.lease(request('a'));
    await sinks.addDeadLetter('s1', letter('e1'));
    await sinks.addDeadLetter('s1', letter('e2', { failedAt: new Date(START + 1), conversationId: null }));
    await sinks.addDeadLetter('s1', letter('e1', { failedAt: new Date(START + 2), reason: 'timeout' }));
    const after = (await reopen()).sinks;
    expect(await after.deadLetters('s1', 10)).toEqual([
      letter('e2', { failedAt: new Date(START + 1), conversationId: null }),
      letter('e1', { failedAt: new Date(START + 2), reason: 'timeout' }),
    ]);
    expect(await after.deadLetters('s1', 1)).toHaveLength(1);
    expect(await after.deadLetters('s2', 10)).toEqual([]);
    expect((await after.lease(request('b'))).deadLetters).toBe(2);
    await after.removeDeadLetter('s1', 'e2');
    expect((await after.deadLetters('s1', 10)).map(({ eventId }) => eventId)).toEqual(['e1']);
  });

  it('returns each dead letter that is requested to one caller', async () => {
    const { sinks } = await openSinks();
    await sinks.lease(request('a'));
    for (const [index, id] of ['e1', 'e2', 'e3'].entries())
      await sinks.addDeadLetter('s1', letter(id, { failedAt: new Date(START + index) }));
    expect(await sinks.requestRetry('s1', 'e2')).toBe(1);
    expect(await sinks.requestRetry('s1', 'unknown')).toBe(0);
    expect((await sinks.lease(request('a'))).requested).toBe(1);
    expect((await sinks.takeRequested('s1', 10)).map(({ eventId }) => eventId)).toEqual(['e2']);
    expect(await sinks.requestRetry('s1', null)).toBe(3);
    const taken = await Promise.all([sinks.takeRequested('s1', 2), sinks.takeRequested('s1', 2)]);
    expect(taken.flat().map(({ eventId }) => eventId)).toEqual(['e1', 'e2', 'e3']);
    // Kept until they are removed.
    expect(await sinks.lease(request('a'))).toMatchObject({ deadLetters: 3, requested: 0 });
  });

  it('removes old dead letters, and those of an erased conversation', async () => {
    const { sinks, log } = await openSinks();
    await sinks.lease(request('a'));
    await sinks.addDeadLetter('s1', letter('e1', { failedAt: new Date(START - 1) }));
    await sinks.addDeadLetter('s1', letter('e2'));
    await sinks.addDeadLetter('s1', letter('e3', { conversationId: 'c2' }));
    expect(await sinks.expireDeadLetters('s1', new Date(START))).toBe(1);
    await log.erase('c1');
    expect((await sinks.deadLetters('s1', 10)).map(({ eventId }) => eventId)).toEqual(['e3']);
  });

  it('keeps a bounded number of dead letters', async () => {
    const { sinks } = await openSinks();
    await sinks.lease(request('a'));
    const ids = Array.from({ length: MAX_DEAD_LETTERS + 2 }, (_, index) => index);
    for (let at = 0; at < ids.length; at += 1_000)
      await Promise.all(
        ids.slice(at, at + 1_000).map((n) => sinks.addDeadLetter('s1', letter(`e${n}`, { failedAt: new Date(START + n) }))),
      );
    expect((await sinks.lease(request('a'))).deadLetters).toBe(MAX_DEAD_LETTERS);
    expect((await sinks.deadLetters('s1', 1)).map(({ eventId }) => eventId)).toEqual(['e2']);
  }, 60_000);

  it('reads on after events that were removed, if asked to', async () => {
    const under = await openSinks();
    const { log } = under;
    const from = log.origin('all');
    const later = queued('e2', { conversationId: 'c2', receivedAt: START + 2 * DAY });
    await appendWhenReceived(under, log, [queued('e1', { conversationId: 'c1', receivedAt: START }), later]);
    await log.expire(new Date(START + DAY));
    await expect(log.read('all', { after: from, limit: 10 })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    expect(idsOf((await log.read('all', { after: from, limit: 10, skipRemoved: true })).events)).toEqual(['e2']);
  });
}
