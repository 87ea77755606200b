import { callBudget } from '../../../../../src/events/jobs/heal/call-budget.js';
import { RateLimitsInMemory } from '../../../../../src/transport/limits/rate-limits-in-memory.js';

describe('the budget of calls', () => {
  it.each([2, 0.5, 37])('is never exceeded, by however many who share it: %d a second', async (callsPerSecond) => {
    let now = 1_000_000;
    const store = new RateLimitsInMemory(() => now);
    const takers = [callBudget(store, callsPerSecond), callBudget(store, callsPerSecond), callBudget(store, callsPerSecond)];
    const taken: number[] = [];
    for (const end = now + 60_000; now < end; now += 1) {
      for (const take of takers) if ((await take()) === 0) taken.push(now);
    }
    expect(taken.length).toBeGreaterThan(callsPerSecond * 60 * 0.9);
    expect(taken.length).toBeLessThanOrEqual(callsPerSecond * 60 + 1);
    // No bursts: any two calls lie apart.
    for (const [index, at] of taken.slice(1).entries()) expect(at - (taken[index] ?? 0)).toBeGreaterThanOrEqual(1_000 / callsPerSecond - 1);
  });

  it('says how long to wait', async () => {
    const take = callBudget(new RateLimitsInMemory(() => 0), 2);
    expect(await take()).toBe(0);
    expect(await take()).toBeGreaterThan(450);
  });

  it('grants nothing while calls cannot be counted', async () => {
    const take = callBudget({ consume: () => Promise.reject(new Error('no Redis')) }, 100);
    expect(await take()).toBeGreaterThan(0);
  });
});
