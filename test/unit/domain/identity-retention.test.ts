import { DEFAULT_RETRY_HORIZON_MS, isDerivable, isLate, isOld } from '../../../src/domain/identity-retention.js';
import type { IdentityRecord } from '../../../src/domain/message-matching.js';

const T = 1_767_225_600_000;
const HOUR = 3_600_000;

const listed: IdentityRecord = {
  ...{ id: 'mm1', listedId: 'm1', clientMessageId: null, digest: 'd', listedAt: T, eventId: null, occurredAt: null },
};
const unlisted = (digest: string, occurredAt: number): IdentityRecord => ({
  ...{ id: 'ee1', listedId: null, clientMessageId: null, digest, listedAt: null, eventId: 'e1', occurredAt },
});

describe('a record of a message', () => {
  it('may be dropped if the identity follows from the listed id', () => {
    expect(isDerivable(listed, [])).toBe(true);
    expect(isDerivable({ ...listed, eventId: 'e1', occurredAt: T }, [])).toBe(true);
    expect(isDerivable({ ...listed, id: 'ee1', eventId: 'e1' }, [])).toBe(false);
    expect(isDerivable({ ...listed, clientMessageId: 'mine' }, [])).toBe(false);
    expect(isDerivable(unlisted('d', T), [])).toBe(false);
  });

  it('stays while the unlisted event of an equal one lies within the tolerance', () => {
    expect(isDerivable(listed, [unlisted('d', T + 10_000)])).toBe(false);
    expect(isDerivable(listed, [unlisted('d', T + 10_001), unlisted('other', T)])).toBe(true);
    expect(isDerivable({ ...listed, listedAt: null }, [unlisted('d', T + HOUR)])).toBe(false);
  });
});

it('an event counts as late some time before the message that it belongs to counts as old', () => {
  const horizon = DEFAULT_RETRY_HORIZON_MS;
  expect([isOld(T, T + horizon - 1, horizon), isOld(T, T + horizon, horizon), isOld(null, T + horizon, horizon)]).toEqual([
    false,
    true,
    false,
  ]);
  expect([isLate(T, T + 23 * HOUR - 1, horizon), isLate(T, T + 23 * HOUR, horizon)]).toEqual([false, true]);
  expect(isLate(T, T + horizon, Infinity)).toBe(false);
});
