import { LowPriorityGuard } from '../../../../src/datasources/upstream/low-priority-guard.js';
import { ResiliencePolicy } from '../../../../src/datasources/upstream/resilience-policy.js';
import { untilTrue } from '../../../support/until.js';

const OK = { status: 200, retryAfterMs: null, text: '{}' };
const answer =
  (status: number, retryAfterMs: number | null = null) =>
  () =>
    Promise.resolve({ ...OK, status, retryAfterMs });

let now = 0;
let taken = 0;
let aborting: AbortController;
const guardOver = (policy: ResiliencePolicy) =>
  new LowPriorityGuard({ policy, signal: aborting.signal, takeCall: () => Promise.resolve(((taken += 1), 0)) });
const policyOf = (inFlight: number) => new ResiliencePolicy({ clock: () => now, inFlight, retryDelaysMs: [], judgedCalls: 2 });

beforeEach(() => {
  [now, taken, aborting] = [1_000_000, 0, new AbortController()];
});
afterEach(() => aborting.abort());

describe('LowPriorityGuard', () => {
  it('takes one call of the budget for each that it sends', async () => {
    const guard = guardOver(policyOf(4));
    for (let count = 1; count <= 3; count += 1) {
      expect(await guard.read(answer(200))).toEqual(OK);
      expect(taken).toBe(count);
    }
  });

  it('retries nothing', async () => {
    let calls = 0;
    const guard = guardOver(new ResiliencePolicy({ clock: () => now }));
    await guard.read(() => answer(503)().finally(() => (calls += 1)));
    expect([calls, taken]).toEqual([1, 1]);
  });

  it("waits while users' calls take more than half of the slots, and takes nothing of the budget meanwhile", async () => {
    const policy = policyOf(2);
    const ends: (() => void)[] = [];
    const users = [1, 2].map(() => policy.read(() => new Promise((resolve) => ends.push(() => resolve(OK)))));
    let isSent = false;
    const low = guardOver(policy).read(() => {
      isSent = true;
      return answer(200)();
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([isSent, taken]).toEqual([false, 0]);
    for (const end of ends) end();
    await Promise.all(users);
    await low;
    expect([isSent, taken]).toEqual([true, 1]);
  });

  it('waits after a 429 that a user got, until its retry-after', async () => {
    const policy = policyOf(4);
    await policy.read(answer(429, 50));
    let isSent = false;
    const low = guardOver(policy).read(() => {
      isSent = true;
      return answer(200)();
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([isSent, taken, policy.pressure().limitedMs]).toEqual([false, 0, 50]);
    now += 50;
    await low;
    expect([isSent, taken]).toEqual([true, 1]);
  });

  it('sends nothing of its own while the circuit is open, but finds out within the budget whether the upstream is back', async () => {
    const policy = policyOf(4);
    let isBack = false;
    let probes = 0;
    const user = () => {
      probes += 1;
      return answer(isBack ? 200 : 503)();
    };
    for (let count = 0; count < 2; count += 1) await policy.read(user);
    expect(policy.pressure().isDown).toBe(true);
    [isBack, probes] = [true, 0];
    now += 10_000;
    const low = guardOver(policy).read(answer(200));
    low.catch(() => undefined);
    await untilTrue(() => !policy.pressure().isDown);
    expect([probes, taken]).toEqual([1, 1]);
  });

  it('rejects who waits at a shutdown, without reporting a call', async () => {
    const policy = policyOf(4);
    await policy.read(answer(429, 600_000));
    const low = guardOver(policy).read(answer(200));
    aborting.abort();
    await expect(low).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', loggedElsewhere: true });
  });
});
