import { ConcurrencyLimiter } from '../../../../src/datasources/upstream/concurrency-limiter.js';
import type { SlotLimits } from '../../../../src/datasources/upstream/concurrency-limiter.js';

let now: number;
beforeEach(() => {
  now = 1_000;
});
const slotsOf = (limits: Partial<SlotLimits> = {}) =>
  new ConcurrencyLimiter({ inFlight: 2, queued: 100, queuedMs: 60_000, overloadWaitMs: 60_000, clock: () => now, ...limits });
/** Fills all places, with calls that took so long before. */
const taken = (slots: ConcurrencyLimiter, tookMs: number) => {
  slots.tryAcquire();
  slots.release(tookMs);
  while (slots.tryAcquire());
};

it('lets so many in, then each in turn', async () => {
  const slots = slotsOf({ queued: 2 });
  const order: string[] = [];
  expect([slots.tryAcquire(), slots.tryAcquire(), slots.tryAcquire()]).toEqual([true, true, false]);
  const waiting = ['a', 'b'].map((name) => slots.acquire().then((entered) => order.push(`${name} ${String(entered)}`)));
  expect([slots.inFlight, slots.queued]).toEqual([2, 2]);
  expect(await slots.acquire()).toBe(false);
  slots.release(1);
  slots.release(1);
  await Promise.all(waiting);
  expect(order).toEqual(['a true', 'b true']);
  expect([slots.inFlight, slots.queued]).toEqual([2, 0]);
  slots.release(1);
  slots.release(1);
  expect(slots.inFlight).toBe(0);
});

it('refuses who has waited too long, and keeps no place for him', async () => {
  const slots = slotsOf({ inFlight: 1, queuedMs: 1 });
  slots.tryAcquire();
  expect(await slots.acquire()).toBe(false);
  slots.release(0);
  expect([slots.inFlight, slots.queued]).toEqual([0, 0]);
});

it('rejects immediately a call that would wait too long, and returns how long', async () => {
  const slots = slotsOf({ queuedMs: 20_000 });
  taken(slots, 10_000);
  // Each of those who wait makes it five seconds more.
  const waiting = [1, 2, 3, 4].map(() => slots.acquire());
  expect(slots.waitMs).toBe(25_000);
  expect(await slots.acquire()).toBe(false);
  slots.release(10_000);
  expect(await waiting[0]).toBe(true);
  const next = slots.acquire();
  slots.clear();
  expect(await next).toBe(false);
});

it('lets wait as long for a burst, and for less time once some have always been waiting', async () => {
  const slots = slotsOf({ queuedMs: 20_000, overloadWaitMs: 5_000 });
  taken(slots, 10_000);
  const waiting = [slots.acquire(), slots.acquire()];
  now += 20_001;
  expect(await slots.acquire()).toBe(false);
  slots.release(10_000);
  slots.release(10_000);
  expect(await Promise.all(waiting)).toEqual([true, true]);
  // Nobody waited for a moment: that was the end of it.
  const burst = [slots.acquire(), slots.acquire()];
  expect(slots.queued).toBe(2);
  slots.clear();
  expect(await Promise.all(burst)).toEqual([false, false]);
});

it('forgets how long calls took when it is cleared', async () => {
  const slots = slotsOf({ queuedMs: 100 });
  taken(slots, 10_000);
  expect(await slots.acquire()).toBe(false);
  slots.clear();
  expect(slots.waitMs).toBe(0);
});

it('rejects all waiting calls on request', async () => {
  const slots = slotsOf({ inFlight: 1 });
  slots.tryAcquire();
  const waiting = Promise.all([slots.acquire(), slots.acquire()]);
  slots.clear();
  expect(await waiting).toEqual([false, false]);
  expect([slots.inFlight, slots.queued]).toEqual([1, 0]);
});
