import { beginAttempt, disregardAttempt, isAbandonable } from '../../../src/sinks/retry-delays.js';

const LIMITS = { firstDelayMs: 1, maxDelayMs: 1, maxRetryAfterMs: 1, maxRejections: 8, maxAgeMs: 1_000_000 };

/** An event that is attempted once a second, while the receiver accepts others in between. */
function attempted(times: number, during: 'a rejection' | 'an outage') {
  const entry = { attempts: 0, rejections: 0, firstAt: 0, lastAt: 0 };
  for (let n = 0; n < times; n += 1) {
    beginAttempt(entry, 1_000 * (n + 1), 1_000 * n + 500);
    if (during === 'an outage') disregardAttempt(entry);
  }
  return { ...entry, abandoned: isAbandonable(entry, 1_000 * times, LIMITS) };
}

it('abandons an event that the receiver rejects again and again, while it accepts others', () => {
  expect(attempted(9, 'a rejection')).toMatchObject({ attempts: 9, rejections: 8, firstAt: 1_000, abandoned: true });
});

it('abandons no event for an outage of the contact centre or the event log', () => {
  expect(attempted(200, 'an outage')).toMatchObject({ attempts: 200, rejections: 0, abandoned: false });
});

it('counts rejections before and after an outage', () => {
  const entry = { attempts: 0, rejections: 0, firstAt: 0, lastAt: 0 };
  beginAttempt(entry, 1, 0);
  beginAttempt(entry, 3, 2);
  disregardAttempt(entry);
  beginAttempt(entry, 5, 4);
  beginAttempt(entry, 7, 6);
  expect(entry).toEqual({ attempts: 4, rejections: 2, firstAt: 1, lastAt: 7 });
});
