import { IDEMPOTENCY_TTL_MS } from '../../../src/events/port/idempotency-store.js';
import type { Claim } from '../../../src/events/port/idempotency-store.js';
import { appendWhenReceived, disposing } from './harness.js';
import type { OpenLog } from './harness.js';
import { queued, START } from './sample-events.js';

const request = { name: 'r1', input: 'i1' };
const outcome = { outcome: '{"conversationId":"c1"}', conversationId: 'c1' };

/** What every engine's `requests` keep to. */
export function describeRememberingRequests(openLog: OpenLog): void {
  const open = disposing(openLog);

  it('lets one of many concurrent claims execute a request', async () => {
    const { log } = await open();
    const claims = await Promise.all(Array.from({ length: 64 }, () => log.requests.claim(request)));
    expect(claims.toSorted()).toEqual<Claim[]>(['claimed', ...Array.from({ length: 63 }, () => 'unknown' as const)]);
  });

  it('returns the first outcome from then on', async () => {
    const { log, reopen } = await open();
    await log.requests.claim(request);
    await log.requests.settle('r1', outcome);
    expect(await log.requests.claim(request)).toEqual({ outcome: outcome.outcome });
    expect(await (await reopen()).requests.claim(request)).toEqual({ outcome: outcome.outcome });
  });

  it('detects other input under one key, whatever the first outcome', async () => {
    const { log } = await open();
    await log.requests.claim(request);
    expect(await log.requests.claim({ ...request, input: 'i2' })).toBe('other-input');
    await log.requests.settle('r1', outcome);
    expect(await log.requests.claim({ ...request, input: 'i2' })).toBe('other-input');
    expect(await log.requests.claim({ name: 'r2', input: 'i2' })).toBe('claimed');
  });

  it('knows after a restart that an outcome is not known', async () => {
    const { log, reopen } = await open();
    await log.requests.claim(request);
    expect(await (await reopen()).requests.claim(request)).toBe('unknown');
  });

  it('forgets a request that created nothing', async () => {
    const { log } = await open();
    await log.requests.claim(request);
    await log.requests.release('r1');
    expect(await log.requests.claim({ ...request, input: 'i2' })).toBe('claimed');
  });

  it('forgets a request after 24 hours, whatever became of it', async () => {
    const { log, clock } = await open();
    await log.requests.claim(request);
    await log.requests.claim({ ...request, name: 'r2' });
    await log.requests.settle('r2', outcome);
    clock.now += IDEMPOTENCY_TTL_MS - 1;
    expect(await log.requests.claim(request)).toBe('unknown');
    clock.now += 1;
    expect(await log.requests.claim(request)).toBe('claimed');
    expect(await log.requests.claim({ ...request, name: 'r2' })).toBe('claimed');
  });

  it('is not affected by the expiry of events', async () => {
    const under = await open();
    const { log } = under;
    await log.requests.claim(request);
    await log.requests.settle('r1', outcome);
    await appendWhenReceived(under, log, [queued('e1', { receivedAt: START - 1 })]);
    await log.expire(new Date(START));
    expect(await log.requests.claim(request)).toEqual({ outcome: outcome.outcome });
  });

  it('keeps no outcome of an erased conversation, and carries nothing out again', async () => {
    const { log } = await open();
    await log.requests.claim(request);
    await log.requests.settle('r1', outcome);
    await log.erase('c2');
    expect(await log.requests.claim(request)).toEqual({ outcome: outcome.outcome });
    await log.erase('c1');
    expect(await log.requests.claim(request)).toBe('unknown');
  });

  it('settles nothing that was never claimed', async () => {
    const { log } = await open();
    await log.requests.settle('r1', outcome);
    expect(await log.requests.claim(request)).toBe('claimed');
  });
}
