import { OutcomeUnknownError, UpstreamTimeoutError, UpstreamUnavailableError } from '../../../../src/domain/errors.js';
import type { CallAbort } from '../../../../src/datasources/upstream/lightweight-abort-signal.js';
import { ResiliencePolicy } from '../../../../src/datasources/upstream/resilience-policy.js';
import type { ResiliencePolicyOptions } from '../../../../src/datasources/upstream/resilience-policy.js';
import { faultOf } from '../scripted-upstream.js';

let now: number;
beforeEach(() => {
  now = 1_000;
});
const guardOf = (options: Partial<ResiliencePolicyOptions> = {}) =>
  new ResiliencePolicy({ clock: () => now, retryDelaysMs: [0, 0], random: () => 0, ...options });
const answerOf = (status: number, retryAfterMs: number | null = null) => ({ status, retryAfterMs, text: '{}' });

type Outcome = ReturnType<typeof answerOf> | Error;

/** Gives what the list holds, one a call; faults are thrown. Counts the calls. */
function scripted(...outcomes: Outcome[]) {
  let calls = 0;
  const exchange = () => {
    const outcome = outcomes[Math.min(calls, outcomes.length - 1)] ?? answerOf(200);
    calls += 1;
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  };
  return { exchange, calls: () => calls };
}

const reset = new UpstreamUnavailableError('reset');
const OK = answerOf(200);

describe('a read', () => {
  it.each<[string, Outcome[]]>([
    ['a broken connection', [reset, OK]],
    ['a status 500', [answerOf(500), OK]],
    ['a status 503 and a broken connection', [answerOf(503), reset, OK]],
  ])('is tried again after %s', async (_what, outcomes) => {
    const { exchange, calls } = scripted(...outcomes);
    expect(await guardOf().read(exchange)).toBe(OK);
    expect(calls()).toBe(outcomes.length);
  });

  it.each([
    ['a rejection', answerOf(400)],
    ['a limit', answerOf(429)],
    ['a time to retry', answerOf(503, 5_000)],
    ['what the upstream will never do', answerOf(501)],
  ])('is not tried again after %s', async (_what, answer) => {
    const { exchange, calls } = scripted(answer);
    expect(await guardOf().read(exchange)).toBe(answer);
    expect(calls()).toBe(1);
  });

  it('is not tried again after a time-out', async () => {
    const { exchange, calls } = scripted(new UpstreamTimeoutError('late'));
    expect(await faultOf(guardOf().read(exchange))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(calls()).toBe(1);
  });

  it('is not tried again where the failure took long', async () => {
    const { exchange, calls } = scripted(reset);
    const slow = () => {
      now += 1_001;
      return exchange();
    };
    expect(await faultOf(guardOf().read(slow))).toBe(reset);
    expect(calls()).toBe(1);
  });

  it('is tried again after a random part of a pause', async () => {
    const { exchange } = scripted(reset, reset, OK);
    const shares = [0.5, 0];
    const started = performance.now();
    await guardOf({ retryDelaysMs: [200, 60_000], random: () => shares.shift() ?? 1 }).read(exchange);
    expect(shares).toEqual([]);
    // Timers ring up to a millisecond early.
    expect(performance.now() - started).toBeGreaterThan(98);
  });

  it('is abandoned after three tries', async () => {
    const { exchange, calls } = scripted(reset);
    expect(await faultOf(guardOf().read(exchange))).toBe(reset);
    expect(calls()).toBe(3);
  });
});

it('never tries a change again', async () => {
  for (const outcome of [answerOf(503), reset, new OutcomeUnknownError('perhaps')]) {
    const { exchange, calls } = scripted(outcome);
    await guardOf()
      .change(exchange)
      .catch(() => undefined);
    expect(calls()).toBe(1);
  }
});

it('does not call an upstream that is down, and returns when to retry', async () => {
  const guard = guardOf({ retryDelaysMs: [] });
  const down = scripted(reset);
  for (let n = 0; n < 20; n += 1) await faultOf(guard.read(down.exchange));
  expect(guard.stats().circuitOpen).toBe(true);
  for (const call of [guard.read(down.exchange), guard.change(down.exchange)]) {
    expect(await faultOf(call)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: { retryAfterSeconds: 1 } });
  }
  expect(() => guard.admit()).toThrow(UpstreamUnavailableError);
  expect(down.calls()).toBe(20);
});

it('sends the last read once a second to see whether the upstream is back, for which nobody waits', async () => {
  const guard = guardOf({ retryDelaysMs: [] });
  const back = scripted(...Array.from({ length: 20 }, () => reset), OK);
  for (let n = 0; n < 20; n += 1) await faultOf(guard.read(back.exchange));
  now += 1_000;
  const change = scripted(OK);
  expect(await faultOf(guard.change(change.exchange))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect([back.calls(), change.calls()]).toEqual([21, 0]);
  expect(guard.stats().circuitOpen).toBe(false);
  expect(await guard.change(change.exchange)).toBe(OK);
});

it('says of each exchange whether it is a probe', async () => {
  const guard = guardOf({ retryDelaysMs: [0] });
  const seen: boolean[] = [];
  const exchange = (_abort: CallAbort, isProbe: boolean) => {
    seen.push(isProbe);
    return Promise.reject(reset);
  };
  for (let n = 0; n < 10; n += 1) await faultOf(guard.read(exchange));
  expect(seen).toEqual(Array.from({ length: 20 }, () => false));
  now += 1_000;
  expect(() => guard.admit()).toThrow(UpstreamUnavailableError);
  expect(seen.slice(20)).toEqual([true]);
});

it('lets a change find out where there has been no read', async () => {
  const guard = guardOf();
  const down = scripted(reset);
  for (let n = 0; n < 20; n += 1) await faultOf(guard.change(down.exchange));
  now += 1_000;
  expect(await guard.change(scripted(OK).exchange)).toBe(OK);
  expect(guard.stats().circuitOpen).toBe(false);
});

it('limits the calls in flight and the waiting ones', async () => {
  const busy: boolean[] = [];
  const guard = guardOf({ inFlight: 2, onBusy: (is) => busy.push(is) });
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let most = 0;
  const calls = Array.from({ length: 35 }, () =>
    guard.read(async () => {
      most = Math.max(most, guard.stats().inFlight);
      await finished;
      return OK;
    }),
  );
  // Two in flight, 32 that wait: one is too many.
  expect(await faultOf(calls[34] ?? Promise.resolve())).toMatchObject({ code: 'UPSTREAM_BUSY', details: { retryAfterSeconds: 1 } });
  finish();
  expect(await Promise.all(calls.slice(0, 34))).toHaveLength(34);
  expect(most).toBe(2);
  expect(await guard.read(scripted(OK).exchange)).toBe(OK);
  expect(busy).toEqual([true, false]);
  expect(guard.stats()).toEqual({ circuitOpen: false, inFlight: 0, queued: 0 });
});

describe('an upstream that goes silent', () => {
  const silent = (callAbort: CallAbort) =>
    new Promise<never>((_, reject) => {
      callAbort.addEventListener('abort', () => reject(new UpstreamTimeoutError('late')));
    });

  it('opens the circuit long before the calls time out, and rejects their callers', async () => {
    const guard = guardOf();
    await guard.read(scripted(OK).exchange);
    const reads = Array.from({ length: 20 }, () => faultOf(guard.read(silent)));
    await new Promise(setImmediate);
    now += 601;
    guard.checkForSilence();
    for (const fault of await Promise.all(reads))
      expect(fault).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: { retryAfterSeconds: 1 } });
    expect(guard.stats()).toEqual({ circuitOpen: true, inFlight: 0, queued: 0 });
  });

  it('is waited for while it answers others, or few wait', async () => {
    const guard = guardOf();
    const reads = Array.from({ length: 19 }, () => faultOf(guard.read(silent)));
    await new Promise(setImmediate);
    now += 601;
    guard.checkForSilence();
    expect(guard.stats()).toMatchObject({ circuitOpen: false, inFlight: 19 });
    await guard.read(scripted(OK).exchange);
    reads.push(faultOf(guard.read(silent)), faultOf(guard.read(silent)));
    await new Promise(setImmediate);
    now += 600;
    guard.checkForSilence();
    expect(guard.stats()).toMatchObject({ circuitOpen: false, inFlight: 21 });
    now += 1;
    guard.checkForSilence();
    await Promise.all(reads);
  });

  it.each([
    ['takes 500 ms for each answer, for three times as long', 500, 1_500],
    ['has not answered anything yet, for two seconds', null, 2_000],
  ])('is not an upstream that %s', async (_what, latencyMs, silentMs) => {
    const guard = guardOf();
    const slow = () => {
      now += latencyMs ?? 0;
      return Promise.resolve(OK);
    };
    if (latencyMs !== null) await guard.read(slow);
    // The parts of a list of 20 conversations, all read at the same time.
    const reads = Array.from({ length: 80 }, () => faultOf(guard.read(silent)));
    await new Promise(setImmediate);
    now += silentMs;
    guard.checkForSilence();
    expect(guard.stats()).toMatchObject({ circuitOpen: false, inFlight: 80 });
    now += 1;
    guard.checkForSilence();
    await Promise.all(reads);
    expect(guard.stats()).toMatchObject({ circuitOpen: true, inFlight: 0 });
  });

  it('is noticed as quickly as before once its slow answers are long ago', async () => {
    const guard = guardOf();
    await guard.read(() => {
      now += 5_000;
      return Promise.resolve(OK);
    });
    for (let n = 0; n < 200; n += 1) await guard.read(scripted(OK).exchange);
    const reads = Array.from({ length: 20 }, () => faultOf(guard.read(silent)));
    await new Promise(setImmediate);
    now += 651;
    guard.checkForSilence();
    await Promise.all(reads);
    expect(guard.stats()).toMatchObject({ circuitOpen: true });
  });

  it('is waited for by those who changed something', async () => {
    const guard = guardOf();
    await guard.read(scripted(OK).exchange);
    let answer: (value: typeof OK) => void = () => undefined;
    const change = guard.change(() => new Promise((resolve) => (answer = resolve)));
    const reads = Array.from({ length: 19 }, () => faultOf(guard.read(silent)));
    await new Promise(setImmediate);
    now += 601;
    guard.checkForSilence();
    await Promise.all(reads);
    expect(guard.stats()).toEqual({ circuitOpen: true, inFlight: 1, queued: 0 });
    answer(OK);
    expect(await change).toBe(OK);
  });
});
