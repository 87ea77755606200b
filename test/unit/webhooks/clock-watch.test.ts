import { ClockWatch } from '../../../src/webhooks/clock-watch.js';

const SKEW_MS = 600_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

function setUp() {
  const state = { now: 0, lines: [] as [level: string, fields: object][], differences: [] as number[] };
  const watch = new ClockWatch({
    clock: () => state.now,
    logger: { info: (fields) => state.lines.push(['info', fields]), warn: (fields) => state.lines.push(['warn', fields]) },
    maxAgeMs: 300_000,
    onDifference: (ms) => state.differences.push(ms),
  });
  return { state, watch };
}

it("reports a contact centre's clock that is ten minutes off once, and when it is right again", () => {
  const { state, watch } = setUp();
  for (let n = 0; n < 1_000; n += 1) {
    watch.note(SKEW_MS, 'sent-too-long-ago');
    state.now += SECOND_MS;
  }
  expect(state.lines).toEqual([['warn', { differenceSeconds: 600, maxAgeSeconds: 300, rejected: 1 }]]);
  watch.note(20, null);
  watch.note(20, null);
  expect(state.lines.slice(1)).toEqual([['info', { rejected: 1_000 }]]);
  expect(state.differences.slice(-3)).toEqual([SKEW_MS, 20, 20]);
});

it('reminds of it once an hour, with how many were rejected', () => {
  const { state, watch } = setUp();
  for (; state.now <= 60 * MINUTE_MS; state.now += MINUTE_MS) watch.note(-SKEW_MS, 'sent-in-the-future');
  expect(state.lines).toEqual([
    ['warn', { differenceSeconds: -600, maxAgeSeconds: 300, rejected: 1 }],
    ['warn', { differenceSeconds: -600, maxAgeSeconds: 300, rejected: 61 }],
  ]);
});

it('writes a line a minute at most where old requests come between new ones', () => {
  const { state, watch } = setUp();
  for (; state.now < 10 * MINUTE_MS; state.now += 2 * SECOND_MS) {
    watch.note(SKEW_MS, 'sent-too-long-ago');
    watch.note(10, null);
  }
  expect(state.lines.filter(([level]) => level === 'warn')).toHaveLength(10);
});

it('covers those that are rejected for their transmission time, and no others', () => {
  const { watch } = setUp();
  const refused = (reason: 'sent-too-long-ago' | 'sent-in-the-future' | 'foreign-tenant') =>
    watch.covers({ kind: 'refused', reason, eventId: 'e' });
  expect([refused('sent-too-long-ago'), refused('sent-in-the-future'), refused('foreign-tenant')]).toEqual([true, true, false]);
  expect(watch.covers({ kind: 'overloaded' })).toBe(false);
});
