import { CursorExpiredError } from '../../../src/domain/errors.js';
import { EventIdReusedError } from '../../../src/events/port/errors.js';
import { appendAllAt, appendWhenReceived, disposing, idsOf, take } from './harness.js';
import type { LogUnderTest, OpenLog } from './harness.js';
import { untilTrue } from '../../support/until.js';
import { digestOf, listed, messageAdded, queued, START } from './sample-events.js';

const c1 = { conversationId: 'c1' };
const c2 = { conversationId: 'c2' };
const HOUR = 3_600_000;
const OLD = { receivedAt: START - 24 * HOUR };

/** Appends old1 and old2 to c1, old3 to c2, then new1 to c1; all but the last a day old. Returns their cursors. */
async function oldAndNew(under: LogUnderTest): Promise<[string, string, string, string]> {
  const events = [queued('old1', OLD), queued('old2', OLD), queued('old3', { ...OLD, conversationId: 'c2' }), queued('new1')];
  const cursors = (await appendWhenReceived(under, under.log, events)).map(({ cursor }) => cursor);
  return cursors as [string, string, string, string];
}

/** What every engine's `expire` and `erase` keep to. */
export function describeRemoving(openLog: OpenLog): void {
  const open = disposing(openLog);
  const yesterday = new Date(START - HOUR);

  it('removes events stored before a time and returns how many', async () => {
    const under = await open();
    const { log } = under;
    await oldAndNew(under);
    expect(await log.expire(yesterday)).toBe(3);
    expect(idsOf((await log.read('all', { limit: 10 })).events)).toEqual(['new1']);
    expect(await log.expire(yesterday)).toBe(0);
  });

  it('reports an erased conversation to the subscriptions of all conversations that ask for it, when nothing of it is left', async () => {
    const under = await open();
    const { log } = under;
    await oldAndNew(under);
    const erased: string[] = [];
    const asking = await log.subscribe('all', { onErased: (conversationId) => erased.push(conversationId) });
    const silent = await log.subscribe('all', {});
    expect(await log.erase('c1')).toBe(3);
    await log.erase('none');
    expect(erased).toEqual(['c1', 'none']);
    await log.append(queued('later'));
    for (const subscription of [asking, silent]) expect(idsOf(await take(subscription, 1))).toEqual(['later']);
    await asking.return();
    await log.erase('c2');
    expect(erased).toEqual(['c1', 'none']);
  });

  it('follows a cursor however old while no later event was removed', async () => {
    const under = await open();
    const { log, reopen } = under;
    const [, second, third] = await oldAndNew(under);
    await log.expire(yesterday);
    const again = await reopen();
    expect(idsOf((await again.read(c1, { limit: 10, after: second })).events)).toEqual(['new1']);
    expect(await again.read(c2, { limit: 10, after: third })).toEqual({ events: [], hasMore: false });
    const subscription = await again.subscribe(c2, { after: third });
    await again.append(queued('new2', { conversationId: 'c2' }));
    expect(idsOf(await take(subscription, 1))).toEqual(['new2']);
  });

  it('rejects a cursor as expired when a later event was removed', async () => {
    const under = await open();
    const { log, reopen } = under;
    const [first] = await oldAndNew(under);
    const before = (await log.read('all', { limit: 10 })).events[1]?.cursor ?? '';
    await log.expire(yesterday);
    for (const openAgain of [false, true]) {
      const current = openAgain ? await reopen() : log;
      await expect(current.read(c1, { limit: 10, after: first })).rejects.toThrow(CursorExpiredError);
      await expect(current.subscribe(c1, { after: first })).rejects.toThrow(CursorExpiredError);
      await expect(current.read('all', { limit: 10, after: before })).rejects.toThrow(CursorExpiredError);
      await expect(current.read(c2, { limit: 10, after: current.origin(c2) })).rejects.toThrow(CursorExpiredError);
    }
  });

  it('never calls the end of a range expired', async () => {
    const under = await open();
    const { log } = under;
    const [first, , , fourth] = await oldAndNew(under);
    await log.expire(yesterday);
    expect(await log.read(c1, { limit: 10, before: first })).toEqual({ events: [], hasMore: false });
    expect(await log.read(c1, { limit: 10, before: fourth, fromEnd: true })).toEqual({ events: [], hasMore: false });
  });

  it('keeps the head of a conversation that has wholly expired, and uses it again', async () => {
    const under = await open();
    const { log, reopen } = under;
    await oldAndNew(under);
    const head = await (await log.head()).cursor(c2);
    await log.expire(yesterday);
    expect(await (await log.head()).cursor(c2)).toBe(head);
    const again = await reopen();
    const later = await (await again.head()).cursor(c2);
    const { cursor } = await again.append(queued('new2', { conversationId: 'c2' }));
    for (const after of [head, later]) expect(idsOf((await again.read(c2, { limit: 10, after })).events)).toEqual(['new2']);
    expect(await (await again.head()).cursor(c2)).toBe(cursor);
  });

  it('never reuses a position', async () => {
    const under = await open();
    const { log, reopen } = under;
    const [{ cursor } = { cursor: '' }] = await appendWhenReceived(under, log, [queued('e1', OLD)]);
    await log.expire(yesterday);
    const again = await reopen();
    expect((await again.append(queued('e2'))).cursor).not.toBe(cursor);
    expect(idsOf((await again.read(c1, { limit: 10, after: cursor })).events)).toEqual(['e2']);
  });

  it('fails an open subscription when events it had still to read were removed', async () => {
    const under = await open();
    const { log } = under;
    const old = Array.from({ length: 1_500 }, (_, index) => queued(`e${index}`, OLD));
    await appendAllAt(under, START - 24 * HOUR, old);
    const behind = await log.subscribe(c1, { after: log.origin(c1) });
    const live = await log.subscribe(c1, {});
    await take(behind, 1);
    expect(await log.expire(yesterday)).toBe(1_500);
    await expect(take(behind, 1_500)).rejects.toThrow(CursorExpiredError);
    expect(await behind.next()).toEqual({ done: true, value: undefined });
    await log.append(queued('new'));
    expect(idsOf(await take(live, 1))).toEqual(['new']);
  });

  it.each(['all', c1] as const)('follows the bookmark of a subscription to %j whose other events were removed', async (scope) => {
    const under = await open();
    const { log } = under;
    await appendWhenReceived(under, log, [queued('before', OLD)]);
    const types = ['MESSAGE_ADDED'] as const;
    const subscription = await log.subscribe(scope, { after: log.origin(scope), types });
    subscription.pipeTo({ write: () => null, end: () => undefined });
    const atFirst = subscription.bookmark;
    await appendWhenReceived(under, log, [queued('meanwhile', OLD)]);
    await untilTrue(() => subscription.bookmark !== atFirst);
    expect(await log.expire(yesterday)).toBe(2);
    await expect(log.subscribe(scope, { after: log.origin(scope), types })).rejects.toThrow(CursorExpiredError);
    await expect(log.subscribe(scope, { after: atFirst ?? '', types })).rejects.toThrow(CursorExpiredError);
    const resumed = await log.subscribe(scope, { after: subscription.bookmark ?? '', types });
    await log.append(messageAdded('later', 'A'));
    expect(idsOf(await take(resumed, 1))).toEqual(['later']);
  });

  it('accepts appends while it removes expired events', async () => {
    const under = await open();
    const { log } = under;
    const old = Array.from({ length: 2_500 }, (_, index) => queued(`old${index}`, OLD));
    await appendAllAt(under, START - 24 * HOUR, old);
    const expiring = log.expire(yesterday);
    await Promise.all(Array.from({ length: 20 }, (_, index) => log.append(queued(`new${index}`))));
    expect(await expiring).toBe(2_500);
    expect((await log.read('all', { limit: 1000 })).events).toHaveLength(20);
  });

  it('keeps identities ten times as long as events', async () => {
    const { log, clock } = await open();
    const { identity } = await log.append(messageAdded('e1', 'A', { receivedAt: START }));
    clock.now = START + 9 * HOUR;
    await log.expire(new Date(clock.now - HOUR));
    expect(await log.findByIdentity('c1', identity?.id ?? '')).toEqual({ identity, event: null });
    expect(await log.identifyListedMessages('c1', [listed('m1', 'A')])).toEqual([{ ...identity, listedId: 'm1' }]);
    clock.now = START + 11 * HOUR;
    await log.expire(new Date(clock.now - HOUR));
    expect(await log.findByIdentity('c1', identity?.id ?? '')).toBeNull();
  });

  it('expects no echo any more when a message has not turned up for long', async () => {
    const { log, clock } = await open();
    await log.registerPendingSend({ conversationId: 'c1', digest: digestOf('A'), clientMessageId: 'mine', sentAt: new Date(START) });
    clock.now = START + HOUR;
    await log.expire(yesterday);
    expect(await log.identifyListedMessages('c1', [listed('m1', 'A', null)])).toMatchObject([{ clientMessageId: null }]);
  });

  it('erases a conversation, and nothing of others', async () => {
    const { log, reopen } = await open();
    const { identity } = await log.append(messageAdded('e1', 'A'));
    const ofAll = await (await log.head()).cursor('all');
    const { cursor } = await log.append(queued('e2'));
    await log.append(queued('x1', { conversationId: 'c2' }));
    await log.registerPendingSend({ conversationId: 'c1', digest: digestOf('B'), clientMessageId: 'mine', sentAt: new Date(START) });
    expect(await log.erase('c1')).toBe(2);
    expect(await log.erase('c1')).toBe(0);
    const again = await reopen();
    expect(idsOf((await again.read('all', { limit: 10 })).events)).toEqual(['x1']);
    // Who follows all conversations goes on, from any position.
    for (const after of [again.origin('all'), ofAll]) expect(idsOf((await again.read('all', { limit: 10, after })).events)).toEqual(['x1']);
    expect(await again.findByIdentity('c1', identity?.id ?? '')).toBeNull();
    expect(await again.identifyListedMessages('c1', [listed('m1', 'B')])).toMatchObject([{ clientMessageId: null }]);
    await expect(again.read(c1, { limit: 10, after: again.origin(c1) })).rejects.toThrow(CursorExpiredError);
    expect((await again.read(c1, { limit: 10, after: cursor })).events).toEqual([]);
    expect((await again.read(c2, { limit: 10, after: again.origin(c2) })).events).toHaveLength(1);
  });

  it('treats the ids of erased events as duplicates for as long as it remembers ids', async () => {
    const { log, clock } = await open();
    const { cursor } = await log.append(queued('e1'));
    await log.erase('c1');
    expect(await log.append(queued('e1'))).toMatchObject({ duplicate: true, cursor });
    await expect(log.append(queued('e1', { conversationId: 'c2' }))).rejects.toThrow(EventIdReusedError);
    expect((await log.read('all', { limit: 10 })).events).toEqual([]);
    clock.now = START + 2 * HOUR;
    await log.expire(new Date(START + HOUR));
    expect(await log.append(queued('e1'))).toMatchObject({ duplicate: false });
  });
}
