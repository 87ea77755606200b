import { CallSlots } from '../../../src/datasources/call-slots.js';

it('lets so many in, then each in turn', async () => {
  const slots = new CallSlots({ inFlight: 2, queued: 2, queuedMs: 60_000 });
  const order: string[] = [];
  await Promise.all([slots.enter(), slots.enter()]);
  const waiting = ['a', 'b'].map((name) => slots.enter().then((entered) => order.push(`${name} ${String(entered)}`)));
  expect([slots.taken, slots.queued]).toEqual([2, 2]);
  expect(await slots.enter()).toBe(false);
  slots.leave();
  slots.leave();
  await Promise.all(waiting);
  expect(order).toEqual(['a true', 'b true']);
  expect([slots.taken, slots.queued]).toEqual([2, 0]);
  slots.leave();
  slots.leave();
  expect(slots.taken).toBe(0);
});

it('refuses who has waited too long, and keeps no place for him', async () => {
  const slots = new CallSlots({ inFlight: 1, queued: 2, queuedMs: 1 });
  await slots.enter();
  expect(await slots.enter()).toBe(false);
  slots.leave();
  expect([slots.taken, slots.queued]).toEqual([0, 0]);
});

it('refuses all that wait when told to', async () => {
  const slots = new CallSlots({ inFlight: 1, queued: 2, queuedMs: 60_000 });
  await slots.enter();
  const waiting = Promise.all([slots.enter(), slots.enter()]);
  slots.clear();
  expect(await waiting).toEqual([false, false]);
  expect([slots.taken, slots.queued]).toEqual([1, 0]);
});
