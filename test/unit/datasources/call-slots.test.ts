import { CallSlots } from '../../../src/datasources/call-slots.js';

it('lets so many in, then each in turn', async () => {
  const slots = new CallSlots({ inFlight: 2, queued: 2, queuedMs: 60_000 });
  const order: string[] = [];
  expect([slots.take(), slots.take(), slots.take()]).toEqual([true, true, false]);
  const waiting = ['a', 'b'].map((name) => slots.wait().then((entered) => order.push(`${name} ${String(entered)}`)));
  expect([slots.taken, slots.queued]).toEqual([2, 2]);
  expect(await slots.wait()).toBe(false);
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
  slots.take();
  expect(await slots.wait()).toBe(false);
  slots.leave();
  expect([slots.taken, slots.queued]).toEqual([0, 0]);
});

it('refuses all that wait when told to', async () => {
  const slots = new CallSlots({ inFlight: 1, queued: 2, queuedMs: 60_000 });
  slots.take();
  const waiting = Promise.all([slots.wait(), slots.wait()]);
  slots.clear();
  expect(await waiting).toEqual([false, false]);
  expect([slots.taken, slots.queued]).toEqual([1, 0]);
});
