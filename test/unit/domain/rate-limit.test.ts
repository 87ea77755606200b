import { consumeQuota } from '../../../src/domain/rate-limit.js';

const MINUTE_MS = 60_000;

/** The outcome of one use at each of these times. */
function uses(count: number, moments: readonly number[]) {
  let resetAt = 0;
  return moments.map((now) => {
    const used = consumeQuota(resetAt, { count, windowMs: MINUTE_MS }, now);
    resetAt = used.resetAt;
    return used.use;
  });
}

it('allows the whole quota in one burst, then rejects with the time to wait', () => {
  expect(uses(3, [0, 0, 0, 0, 5_000])).toEqual([
    { allowed: true, remaining: 2, retryAfterMs: 0 },
    { allowed: true, remaining: 1, retryAfterMs: 0 },
    { allowed: true, remaining: 0, retryAfterMs: 0 },
    { allowed: false, remaining: 0, retryAfterMs: 20_000 },
    { allowed: false, remaining: 0, retryAfterMs: 15_000 },
  ]);
});

it('refills evenly, and a rejected use costs nothing', () => {
  expect(uses(3, [0, 0, 0, 0, 0, 20_000, 20_000, 60_000]).map(({ allowed }) => allowed)).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    false,
    true,
  ]);
});

it('is full again after the window', () => {
  expect(uses(3, [0, 0, 0, MINUTE_MS]).at(-1)).toEqual({ allowed: true, remaining: 2, retryAfterMs: 0 });
});

it.each([1, 7, 600, 6_000, 10_000])('allows exactly %i a minute despite rounding of fractional milliseconds', (count) => {
  const start = 1_767_225_600_001;
  const allowed = uses(
    count,
    Array.from({ length: count + 5 }, () => start),
  ).filter((use) => use.allowed);
  expect(allowed).toHaveLength(count);
});
