import { CallSlots } from '../../../src/datasources/call-slots.js';
import type { SlotLimits } from '../../../src/datasources/call-slots.js';

let now: number;
beforeEach(() => {
  now = 1_000;
});
const slotsOf = (limits: Partial<SlotLimits> = {}) =>
  new CallSlots({ inFlight: 2, queued: 100, queuedMs: 60_000, standingMs: 60_000, clock: () => now, ...limits });
/** Fills all places, with calls that took so long before. */
const taken = (slots: CallSlots, tookMs: number) => {
  slots.take();
  slots.leave(tookMs);
  while (slots.take());
};

it('lets so many in, then each in turn', async () => {
  const slots = slotsOf({ queued: 2 });
  const order: string[] = [];
  expect([slots.take(), slots.take(), slots.take()]).toEqual([true, true, false]);
  const waiting = ['a', 'b'].map((name) => slots.wait().then((entered) => order.push(`${name} ${String(entered)}`)));
  expect([slots.taken, slots.queued]).toEqual([2, 2]);
  expect(await slots.wait()).toBe(false);
  slots.leave(1);
  slots.leave(1);
  await Promise.all(waiting);
  expect(order).toEqual(['a true', 'b true']);
  expect([slots.taken, slots.queued]).toEqual([2, 0]);
  slots.leave(1);
  slots.leave(1);
  expect(slots.taken).toBe(0);
});

it('refuses who has waited too long, and keeps no place for him', async () => {
  const slots = slotsOf({ inFlight: 1, queuedMs: 1 });
  slots.take();
  expect(await slots.wait()).toBe(false);
  slots.leave(0);
  expect([slots.taken, slots.queued]).toEqual([0, 0]);
});

it('refuses at once who would have to wait too long, and tells how long that is', async () => {
  const slots = slotsOf({ queuedMs: 20_000 });
  taken(slots, 10_000);
  // Each of those who wait makes it five seconds more.
  const waiting = [1, 2, 3, 4].map(() => slots.wait());
  expect(slots.waitMs).toBe(25_000);
  expect(await slots.wait()).toBe(false);
  slots.leave(10_000);
  expect(await waiting[0]).toBe(true);
  const next = slots.wait();
  slots.clear();
  expect(await next).toBe(false);
});

it('lets wait as long for a burst, and for less time once some have always been waiting', async () => {
  const slots = slotsOf({ queuedMs: 20_000, standingMs: 5_000 });
  taken(slots, 10_000);
  const waiting = [slots.wait(), slots.wait()];
  now += 20_001;
  expect(await slots.wait()).toBe(false);
  slots.leave(10_000);
  slots.leave(10_000);
  expect(await Promise.all(waiting)).toEqual([true, true]);
  // Nobody waited for a moment: that was the end of it.
  const burst = [slots.wait(), slots.wait()];
  expect(slots.queued).toBe(2);
  slots.clear();
  expect(await Promise.all(burst)).toEqual([false, false]);
});

it('forgets how long calls took when it is cleared', async () => {
  const slots = slotsOf({ queuedMs: 100 });
  taken(slots, 10_000);
  expect(await slots.wait()).toBe(false);
  slots.clear();
  expect(slots.waitMs).toBe(0);
});

it('refuses all that wait when told to', async () => {
  const slots = slotsOf({ inFlight: 1 });
  slots.take();
  const waiting = Promise.all([slots.wait(), slots.wait()]);
  slots.clear();
  expect(await waiting).toEqual([false, false]);
  expect([slots.taken, slots.queued]).toEqual([1, 0]);
});
