import { RateLimitsInMemory } from '../../../../src/transport/limits/rate-limits-in-memory.js';

const QUOTA = { count: 2, windowMs: 60_000 };

it('counts each key by itself', () => {
  const limits = new RateLimitsInMemory(() => 0);
  const keys = ['a', 'a', 'b', 'a', 'b', 'b'];
  expect(keys.map((key) => limits.consume(key, QUOTA).allowed)).toEqual([true, true, true, false, true, false]);
});

it('lets a key go on as time goes by', () => {
  let now = 0;
  const limits = new RateLimitsInMemory(() => now);
  limits.consume('a', QUOTA);
  limits.consume('a', QUOTA);
  expect(limits.consume('a', QUOTA)).toEqual({ allowed: false, remaining: 0, retryAfterMs: 30_000 });
  now = 30_000;
  expect(limits.consume('a', QUOTA).allowed).toBe(true);
});
