import { retryAfterMs } from '../../../../src/datasources/upstream/retry-after.js';

const now = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ])('reads %j', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  it.each([undefined, null, '', 'soon', '-5', '1.5', '5.5', '99999999999999999999', ['3'], 3])('reads no time from %j', (header) => {
    expect(retryAfterMs(header, now)).toBeNull();
  });
});
