import type { ConversationEvent } from '../../../../src/domain/event.js';
import { MAX_EXAMINED, readFeed } from '../../../../src/events/delivery/read-feed.js';
import type { FeedQuery } from '../../../../src/events/delivery/read-feed.js';
import type { Scope } from '../../../../src/events/port/event-log.js';
import type { LogPage, ReadRange } from '../../../../src/events/port/log-page.js';
import { queued } from '../../../contract/event-log/sample-events.js';

/** A log whose cursors are positions, and what is read of it. */
function logOf(count: number) {
  const stored = Array.from({ length: count }, (_, index) => ({
    event: queued(`e${index + 1}`),
    cursor: String(index + 1),
    identity: null,
  }));
  const reads: ReadRange[] = [];
  return {
    stored,
    reads,
    read: (_scope: Scope, range: ReadRange): Promise<LogPage> => {
      reads.push(range);
      const rest = stored.slice(Number(range.after ?? 0));
      return Promise.resolve({ events: rest.slice(0, range.limit), hasMore: rest.length > range.limit });
    },
    head: () => Promise.resolve({ cursor: () => Promise.resolve(String(stored.length)) }),
  };
}

const numberOf = ({ id }: ConversationEvent) => Number(id.slice(1));
const every =
  (step: number): FeedQuery['wants'] =>
  (event) =>
    numberOf(event) % step === 0;

async function page(log: ReturnType<typeof logOf>, query: Partial<FeedQuery>) {
  const { events, endCursor, hasMore } = await readFeed(log, { after: null, limit: 10, wants: null, ...query });
  return { ids: events.map(({ event }) => numberOf(event)), endCursor, hasMore };
}

it('returns all events a page at a time, the last one without more', async () => {
  const log = logOf(5);
  expect(await page(log, { limit: 3 })).toEqual({ ids: [1, 2, 3], endCursor: '3', hasMore: true });
  expect(await page(log, { limit: 3, after: '3' })).toEqual({ ids: [4, 5], endCursor: '5', hasMore: false });
  expect(await page(log, { limit: 2, after: '3' })).toEqual({ ids: [4, 5], endCursor: '5', hasMore: false });
  expect(log.reads.map(({ limit }) => limit)).toEqual([3, 3, 2]);
});

it('ends an empty page where it began, or at the head of an empty log', async () => {
  expect(await page(logOf(5), { after: '5' })).toEqual({ ids: [], endCursor: '5', hasMore: false });
  expect(await page(logOf(0), {})).toEqual({ ids: [], endCursor: '0', hasMore: false });
});

it('passes over what is not wanted, up to the next wanted event', async () => {
  const log = logOf(100);
  expect(await page(log, { limit: 3, wants: every(10) })).toEqual({ ids: [10, 20, 30], endCursor: '39', hasMore: true });
  expect(await page(log, { limit: 7, wants: every(10), after: '39' })).toEqual({
    ids: [40, 50, 60, 70, 80, 90, 100],
    endCursor: '100',
    hasMore: false,
  });
  expect(await page(log, { wants: () => false })).toEqual({ ids: [], endCursor: '100', hasMore: false });
});

it('examines a bounded number of events, and gets on by its cursor', async () => {
  const log = logOf(2 * MAX_EXAMINED + 100);
  const wants = every(MAX_EXAMINED + 50);
  expect(await page(log, { wants })).toEqual({ ids: [], endCursor: String(MAX_EXAMINED), hasMore: true });
  expect(await page(log, { wants, after: String(MAX_EXAMINED) })).toEqual({
    ids: [MAX_EXAMINED + 50],
    endCursor: String(2 * MAX_EXAMINED),
    hasMore: true,
  });
  expect(await page(log, { wants, after: String(2 * MAX_EXAMINED) })).toEqual({
    ids: [2 * MAX_EXAMINED + 100],
    endCursor: String(2 * MAX_EXAMINED + 100),
    hasMore: false,
  });
  expect(Math.max(...log.reads.map(({ limit }) => limit))).toBeLessThanOrEqual(1_000);
});

it('ends before an event that cannot be decided now, which the next call examines again', async () => {
  const log = logOf(9);
  const wants: FeedQuery['wants'] = (event) => Promise.resolve(numberOf(event) === 4 ? 'STOP' : numberOf(event) % 2 === 1);
  expect(await page(log, { wants })).toEqual({ ids: [1, 3], endCursor: '3', hasMore: true });
});

it('returns each wanted event once over any page sizes', async () => {
  const log = logOf(700);
  const wants = every(7);
  const ids: number[] = [];
  let after: string | null = null;
  for (let limit = 1, hasMore = true; hasMore; limit = (limit % 13) + 1) {
    const next = await page(log, { limit, wants, after });
    ids.push(...next.ids);
    ({ hasMore, endCursor: after } = next);
  }
  expect(ids).toEqual(Array.from({ length: 100 }, (_, index) => 7 * (index + 1)));
});
