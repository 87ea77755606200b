import type { RequestContext } from '../../../src/context/request-context.js';
import type { InboxEntry, InboxPage, InboxQuery } from '../../../src/events/port/inbox.js';
import { readInboxPage, toInboxSelection } from '../../../src/resolvers/inbox-page.js';

/** Conversations from the top: `c0` at place 1000, and so on. */
const COUNT = 250;
const entry = (number: number, place = 1_000 - number) =>
  ({ conversationId: `c${number}`, cursor: String(place), customer: null }) as unknown as InboxEntry;
const ENTRIES = Array.from({ length: COUNT }, (_, number) => entry(number));

/** A page of a list, as an engine reads it; no page has more than `most`. */
function pageOf(entries: readonly InboxEntry[], { after, before, limit, fromEnd }: InboxQuery, most: number): InboxPage {
  const range = entries.filter(
    ({ cursor }) => (after === null || Number(cursor) < Number(after)) && (before === null || Number(cursor) > Number(before)),
  );
  const size = Math.min(limit, most);
  const page = fromEnd ? range.slice(-size) : range.slice(0, size);
  return { entries: page, next: range.length > size ? ((fromEnd ? page[0] : page.at(-1))?.cursor ?? null) : null };
}

/** A context whose inbox is read by `page`. Every seventh conversation is in the channel `wanted`. */
function contextOf(page: (query: InboxQuery) => InboxPage): RequestContext {
  return {
    viewer: { role: 'SERVICE', subject: 'ana', customerId: null, conversationIds: null },
    log: { inbox: { page: (query: InboxQuery) => Promise.resolve(page(query)) } },
    services: { known: { has: () => false } },
    loaders: { conversation: { load: (id: string) => Promise.resolve({ channelId: Number(id.slice(1)) % 7 === 0 ? 'wanted' : 'other' }) } },
  } as unknown as RequestContext;
}

const UPSTREAM = { api: { capabilities: new Set() } } as unknown as RequestContext;
const FILTER = toInboxSelection(UPSTREAM, { channelId: 'wanted' });
const idsOf = (entries: readonly InboxEntry[]) => entries.map(({ conversationId }) => conversationId);
const WANTED = idsOf(ENTRIES).filter((_, number) => number % 7 === 0);

it.each([
  [1, false],
  [4, false],
  [100, false],
  [1, true],
  [4, true],
  [100, true],
])('reads the conversations of a channel in pages of %i, from the end: %s', async (limit, fromEnd) => {
  const context = contextOf((query) => pageOf(ENTRIES, query, 50));
  const found: string[] = [];
  for (let next: string | null = null, more = true; more; more = next !== null) {
    const window = { after: fromEnd ? null : next, before: fromEnd ? next : null, limit, fromEnd };
    const page = await readInboxPage(context, FILTER, window);
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    if (fromEnd) found.unshift(...idsOf(page.entries));
    else found.push(...idsOf(page.entries));
    next = page.next;
  }
  expect(found).toEqual(WANTED);
});

it('asks for the channels of a bounded number of conversations for a page, also from the end', async () => {
  let asked = 0;
  const context = contextOf((query) => {
    const page = pageOf(ENTRIES, query, 50);
    asked += page.entries.length;
    return page;
  });
  const page = await readInboxPage(context, toInboxSelection(UPSTREAM, { channelId: 'none' }), {
    after: null,
    before: null,
    limit: 60,
    fromEnd: true,
  });
  expect(asked).toBe(100);
  expect(page).toEqual({ entries: [], next: ENTRIES[COUNT - 100]?.cursor });
});

it('shows a conversation once that moves up while the page is read from the end, where it stands then', async () => {
  let entries: readonly InboxEntry[] = ENTRIES.slice(0, 14);
  const moved = entry(7, 2_000);
  const context = contextOf((query) => {
    const page = pageOf(entries, query, 3);
    if (idsOf(page.entries).includes('c7')) entries = [moved, ...entries.filter(({ conversationId }) => conversationId !== 'c7')];
    return page;
  });
  const page = await readInboxPage(context, FILTER, { after: null, before: null, limit: 3, fromEnd: true });
  expect(page).toEqual({ entries: [moved, ENTRIES[0]], next: null });
});
