import { OutcomeUnknownError, RateLimitedError } from '../../../../src/domain/errors.js';
import { IdempotentExecutor } from '../../../../src/events/jobs/idempotent-executor.js';
import type { Claim, IdempotentRequest, IdempotencyStore, RequestOutcome } from '../../../../src/events/port/idempotency-store.js';

const request = { name: 'r1', input: 'i1' };
const outcome = { outcome: 'made', conversationId: null };

/** Remembers in memory; `failing` names what it cannot do. */
class Memory implements IdempotencyStore {
  readonly known = new Map<string, { input: string; outcome: string | null }>();
  failing: 'claim' | 'settle' | 'release' | null = null;

  claim({ name, input }: IdempotentRequest): Promise<Claim> {
    if (this.failing === 'claim') return Promise.reject(new Error('no disk'));
    const found = this.known.get(name);
    if (found === undefined) this.known.set(name, { input, outcome: null });
    if (found === undefined) return Promise.resolve('claimed');
    if (found.input !== input) return Promise.resolve('other-input');
    return Promise.resolve(found.outcome === null ? 'unknown' : { outcome: found.outcome });
  }

  settle(name: string, result: RequestOutcome): Promise<void> {
    if (this.failing === 'settle') return Promise.reject(new Error('no disk'));
    const found = this.known.get(name);
    if (found !== undefined) found.outcome = result.outcome;
    return Promise.resolve();
  }

  release(name: string): Promise<void> {
    if (this.failing === 'release') return Promise.reject(new Error('no disk'));
    this.known.delete(name);
    return Promise.resolve();
  }
}

let memory: Memory;
let once: IdempotentExecutor;
let acts: number;
beforeEach(() => {
  memory = new Memory();
  once = new IdempotentExecutor(memory);
  acts = 0;
});
const act = (): Promise<RequestOutcome> => {
  acts += 1;
  return Promise.resolve(outcome);
};

it('executes once, and returns the first outcome from then on', async () => {
  expect([await once.run(request, act), await once.run(request, act)]).toEqual(['made', 'made']);
  expect(acts).toBe(1);
});

it('lets concurrent repeats wait for the first, and rejects other input immediately', async () => {
  let finish: (result: RequestOutcome) => void = () => undefined;
  const first = once.run(request, () => new Promise((resolve) => (finish = resolve)));
  const second = once.run(request, act);
  expect(await once.run({ ...request, input: 'i2' }, act)).toBeNull();
  // The first act has begun by now: the claim takes a turn or two.
  await new Promise(setImmediate);
  finish(outcome);
  expect(await Promise.all([first, second])).toEqual(['made', 'made']);
  expect(acts).toBe(0);
});

it('notes that the outcome is not known before it acts', async () => {
  await once.run(request, () => {
    expect(memory.known.get('r1')).toEqual({ input: 'i1', outcome: null });
    return act();
  });
  expect(acts).toBe(1);
});

it('can be tried again after a fault that created nothing', async () => {
  await expect(once.run(request, () => Promise.reject(new RateLimitedError('slow down')))).rejects.toThrow('slow down');
  expect(await once.run(request, act)).toBe('made');
});

it.each([new OutcomeUnknownError('perhaps'), new TypeError('a mistake of ours')])('never acts again after %s', async (fault) => {
  await expect(once.run(request, () => Promise.reject(fault))).rejects.toBe(fault);
  await expect(once.run(request, act)).rejects.toThrow(OutcomeUnknownError);
  expect(acts).toBe(0);
});

it('does nothing when it cannot be noted beforehand', async () => {
  memory.failing = 'claim';
  await expect(once.run(request, act)).rejects.toThrow('no disk');
  expect(acts).toBe(0);
});

it('returns the outcome when it cannot be recorded, and does not execute again', async () => {
  memory.failing = 'settle';
  expect(await once.run(request, act)).toBe('made');
  await expect(once.run(request, act)).rejects.toThrow(OutcomeUnknownError);
  expect(acts).toBe(1);
});

it('rejects with the original error when the request cannot be released', async () => {
  memory.failing = 'release';
  await expect(once.run(request, () => Promise.reject(new RateLimitedError('slow down')))).rejects.toThrow('slow down');
});
