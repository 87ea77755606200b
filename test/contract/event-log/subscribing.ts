import { SlowConsumerError } from '../../../src/events/port/errors.js';
import { disposing, idsOf, take } from './harness.js';
import type { OpenLog } from './harness.js';
import { messageAdded, queued, typing } from './sample-events.js';

const c1 = { conversationId: 'c1' };
const DONE = { done: true, value: undefined };

/** What every engine's subscriptions keep to. */
export function describeSubscribing(openLog: OpenLog): void {
  const open = disposing(openLog);

  it('delivers live events only without a cursor, from the moment of the call', async () => {
    const { log } = await open();
    await log.append(queued('e1'));
    const subscribing = log.subscribe(c1, {});
    const appending = log.append(queued('e2'));
    const subscription = await subscribing;
    expect(subscription.cursor).toBe((await log.read(c1, { limit: 1 })).events[0]?.cursor);
    const { identity, event, cursor } = await appending;
    expect(await take(subscription, 1)).toEqual([{ identity, event, cursor, replayed: false }]);
    expect(subscription.cursor).toBe(cursor);
  });

  it('delivers stored events first, then live ones, with the cursors of a read', async () => {
    const { log } = await open();
    const { cursor } = await log.append(queued('e1'));
    await log.append(messageAdded('e2', 'two'));
    await log.append(queued('x1', { conversationId: 'c2' }));
    const subscription = await log.subscribe(c1, { after: cursor });
    await log.append(messageAdded('e3', 'three'));
    const deliveries = await take(subscription, 2);
    expect(deliveries.map(({ replayed }) => replayed)).toEqual([true, false]);
    const { events } = await log.read(c1, { limit: 10, after: cursor });
    expect(deliveries).toEqual(events.map((event, index) => ({ ...event, replayed: index === 0 })));
  });

  it('follows all conversations', async () => {
    const { log } = await open();
    await log.append(queued('e1'));
    const subscription = await log.subscribe('all', { after: log.origin('all') });
    await log.append(queued('e2', { conversationId: 'c2' }));
    const deliveries = await take(subscription, 2);
    expect(deliveries.map(({ event, cursor }) => ({ event, cursor, identity: null }))).toEqual(
      (await log.read('all', { limit: 10 })).events,
    );
  });

  it('leaves out other types, stored and live', async () => {
    const { log } = await open();
    await log.append(queued('e1'));
    await log.append(messageAdded('e2', 'a'));
    const subscription = await log.subscribe(c1, { after: log.origin(c1), types: ['MESSAGE_ADDED'] });
    await log.append(queued('e3'));
    log.publish(typing('t1'));
    await log.append(messageAdded('e4', 'a'));
    expect(idsOf(await take(subscription, 2))).toEqual(['e2', 'e4']);
  });

  it('says nothing of a repeat', async () => {
    const { log } = await open();
    await log.append(queued('e1'));
    const subscription = await log.subscribe(c1, {});
    await log.append(queued('e1'));
    await log.append(queued('e2'));
    expect(idsOf(await take(subscription, 1))).toEqual(['e2']);
  });

  it('reads a long backlog to its end and continues live', async () => {
    const { log } = await open();
    const ids = Array.from({ length: 1234 }, (_, index) => `e${index}`);
    await Promise.all(ids.map((id) => log.append(queued(id))));
    const subscription = await log.subscribe(c1, { after: log.origin(c1) });
    const past = take(subscription, 1234);
    expect(idsOf(await past)).toEqual(ids);
    await log.append(queued('live'));
    expect(await take(subscription, 1)).toMatchObject([{ event: { id: 'live' }, replayed: false }]);
  });

  it('ends a waiting consumer when it is returned', async () => {
    const { log } = await open();
    const subscription = await log.subscribe(c1, {});
    const waiting = subscription.next();
    expect(await subscription.return()).toEqual(DONE);
    expect(await waiting).toEqual(DONE);
    await log.append(queued('e1'));
    expect(await subscription.next()).toEqual(DONE);
  });

  it('ends a consumer that waits for stored events when it is returned', async () => {
    const { log } = await open();
    await Promise.all(Array.from({ length: 250 }, (_, index) => log.append(queued(`e${index}`))));
    const subscription = await log.subscribe(c1, { after: log.origin(c1) });
    await take(subscription, 200);
    const waiting = subscription.next();
    await subscription.return();
    expect(await waiting).toEqual(DONE);
  });

  it('resolves several pending next() calls in order', async () => {
    const { log } = await open();
    const subscription = await log.subscribe(c1, {});
    const waiting = [subscription.next(), subscription.next(), subscription.next()];
    for (const id of ['e1', 'e2']) await log.append(queued(id));
    await subscription.return();
    const results = await Promise.all(waiting);
    expect(results.map((result) => (result.done === true ? 'done' : result.value.event.id))).toEqual(['e1', 'e2', 'done']);
  });

  it('ends a slow consumer once, and it resumes by its cursor without a gap', async () => {
    const { log } = await open({ queueLimit: 4 });
    const slow = await log.subscribe(c1, {});
    const swift = await log.subscribe(c1, {});
    await log.append(queued('e0'));
    expect(idsOf(await take(slow, 1))).toEqual(['e0']);
    const ids = Array.from({ length: 5 }, (_, index) => `e${index + 1}`);
    const seen = take(swift, 6);
    for (const id of ids) await log.append(queued(id));
    await expect(slow.next()).rejects.toThrow(SlowConsumerError);
    expect(await slow.next()).toEqual(DONE);
    expect(idsOf(await seen)).toEqual(['e0', ...ids]);
    const resumed = await log.subscribe(c1, { after: slow.cursor });
    expect(idsOf(await take(resumed, 5))).toEqual(ids);
  });

  it('reports an overflow immediately, and once, while nobody pulls events', async () => {
    const { log } = await open({ queueLimit: 2 });
    let overflows = 0;
    const subscription = await log.subscribe(c1, { onOverflow: () => (overflows += 1) });
    for (const id of ['e1', 'e2']) await log.append(queued(id));
    expect([overflows, log.stats()]).toEqual([0, { subscriptions: 1, queued: 2 }]);
    for (const id of ['e3', 'e4']) await log.append(queued(id));
    expect([overflows, log.stats()]).toEqual([1, { subscriptions: 0, queued: 0 }]);
    await expect(subscription.next()).rejects.toThrow(SlowConsumerError);
  });

  it('bears a queue that is full to the brim', async () => {
    const { log } = await open({ queueLimit: 4 });
    const subscription = await log.subscribe(c1, {});
    for (const id of ['e1', 'e2', 'e3', 'e4']) await log.append(queued(id));
    expect(idsOf(await take(subscription, 4))).toEqual(['e1', 'e2', 'e3', 'e4']);
    for (const id of ['e5', 'e6', 'e7', 'e8']) await log.append(queued(id));
    expect(idsOf(await take(subscription, 4))).toEqual(['e5', 'e6', 'e7', 'e8']);
  });

  it('delivers transient events, under the cursor of the last stored event, and stores nothing', async () => {
    const { log } = await open();
    const { cursor: start } = await log.append(queued('e1'));
    const subscription = await log.subscribe(c1, { after: start });
    const everything = await log.subscribe('all', {});
    log.publish(typing('t1'));
    const { cursor } = await log.append(queued('e2'));
    log.publish(typing('t2'));
    log.publish(typing('t3', { conversationId: 'c2' }));
    expect((await take(subscription, 3)).map((delivery) => [delivery.event.id, delivery.cursor, delivery.replayed])).toEqual([
      ['t1', start, false],
      ['e2', cursor, false],
      ['t2', cursor, false],
    ]);
    expect(idsOf(await take(everything, 4))).toEqual(['t1', 'e2', 't2', 't3']);
    expect(idsOf((await log.read('all', { limit: 10 })).events)).toEqual(['e1', 'e2']);
  });

  it('drops transient events rather than end a subscriber', async () => {
    const { log } = await open({ queueLimit: 4 });
    const subscription = await log.subscribe(c1, {});
    for (let count = 0; count < 10; count += 1) log.publish(typing(`t${count}`));
    for (const id of ['e1', 'e2', 'e3', 'e4']) await log.append(queued(id));
    log.publish(typing('late'));
    expect(idsOf(await take(subscription, 8))).toEqual(['t0', 't1', 't2', 't3', 'e1', 'e2', 'e3', 'e4']);
  });

  it('ends all subscriptions when it is closed', async () => {
    const { log } = await open();
    const live = await log.subscribe(c1, {});
    const behind = await log.subscribe('all', { after: log.origin('all') });
    const waiting = [live.next(), behind.next()];
    await log.close();
    expect(await Promise.all(waiting)).toEqual([DONE, DONE]);
    expect(await live.next()).toEqual(DONE);
  });
}
