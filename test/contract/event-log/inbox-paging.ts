import { moveReadMarker } from '../../../src/events/history/read-markers.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { InboxConditions, InboxEntry, InboxQuery } from '../../../src/events/port/inbox.js';
import { disposing } from './harness.js';
import type { OpenLog } from './harness.js';
import { ANA, Choices, WHOLE, idsOf, playRandomly, reported, said } from './inbox.js';

const NONE = WHOLE.conditions;

/** Filters, and at least how many entries of `filled` match each. */
const FILTERS: Record<string, readonly [Partial<InboxConditions>, number]> = {
  'no filter': [{}, 40],
  'a filter by state': [{ states: ['ACTIVE', 'QUEUED'] }, 5],
  'a filter by customer': [{ customerId: 'mia' }, 7],
  'a filter of unread ones': [{ unreadOnly: true }, 5],
  'some conversations': [{ among: ['c1', 'c3', 'none', 'c5', 'c7', 'c9', 'c11'] }, 6],
  'some conversations that are unread': [{ among: ['c1', 'c3', 'c5', 'c7', 'c9', 'c11'], unreadOnly: true }, 1],
};

/** Fills a log with conversations in several states, some of a customer, some read. */
async function filled(log: EventLog): Promise<EventLog> {
  await playRandomly([log], 400, 23);
  for (let number = 0; number < 14; number += 2) await log.append(reported(`r${number}`, 'mia', { conversationId: `c${number}` }));
  for (let number = 0; number < 20; number += 3) await moveReadMarker(log, `c${number}`, ANA, 'ALL');
  return log;
}

/** All entries, read in pages from one side, in the order of the inbox. `between` is called after each page. */
async function readPages(
  log: EventLog,
  query: Partial<InboxQuery>,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<InboxEntry[]> {
  const { fromEnd, limit, ...given } = { ...WHOLE, ...query };
  const entries: InboxEntry[] = [];
  for (let from = fromEnd ? given.before : given.after; ;) {
    const page = await log.inbox.page({ ...given, fromEnd, limit, ...(fromEnd ? { before: from } : { after: from }) });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    if (fromEnd) entries.unshift(...page.entries);
    else entries.push(...page.entries);
    if (page.next === null) return entries;
    expect(page.next).not.toBe(from);
    from = page.next;
    await between();
  }
}

/** Paging through an inbox from either side, on every engine. */
export function describeInboxPaging(openLog: OpenLog): void {
  const open = disposing(openLog);

  it.each(Object.entries(FILTERS))('is the same from either end, also between two places, with %s', async (_, [filter, atLeast]) => {
    const log = await filled((await open()).log);
    const conditions = { ...NONE, ...filter };
    const whole = await readPages(log, { conditions });
    expect(whole.length).toBeGreaterThanOrEqual(atLeast);
    const [all, sides] = [await readPages(log, {}), [false, true]];
    const [after = '', before = ''] = [all[3]?.cursor, all[33]?.cursor];
    const inside = new Set(idsOf(all.slice(4, 33)));
    const between = whole.filter(({ conversationId }) => inside.has(conversationId));
    expect(between.length).toBeGreaterThan(0);
    for (const limit of [1, 3, whole.length, 100])
      for (const fromEnd of sides) expect(await readPages(log, { conditions, limit, fromEnd })).toEqual(whole);
    for (const limit of [2, 100])
      for (const fromEnd of sides) expect(await readPages(log, { conditions, limit, fromEnd, after, before })).toEqual(between);
    for (const fromEnd of sides)
      for (const range of [{ after: before, before: after }, { after: all.at(-1)?.cursor ?? '' }, { before: all[0]?.cursor ?? '' }])
        expect(await log.inbox.page({ ...WHOLE, conditions, fromEnd, ...range })).toEqual({ entries: [], next: null });
  });

  it('says where to go on above a page only if there is more', async () => {
    const { log } = await open();
    for (const number of [1, 2, 3]) await log.append(said(`m${number}`, 'AGENT', { conversationId: `c${number}` }));
    const lowest = await log.inbox.page({ ...WHOLE, fromEnd: true, limit: 2 });
    expect([idsOf(lowest.entries), lowest.next]).toEqual([['c2', 'c1'], lowest.entries[0]?.cursor]);
    const highest = await log.inbox.page({ ...WHOLE, fromEnd: true, limit: 1, before: lowest.next });
    expect([idsOf(highest.entries), highest.next]).toEqual([['c3'], null]);
  });

  it.each([
    ['no filter', NONE],
    ['a filter', { ...NONE, unreadOnly: true }],
  ])('skips from the end no conversation that stays where it is while others move, with %s', async (_, conditions) => {
    const { log } = await open();
    const random = new Choices(29);
    await playRandomly([log], 300, 31);
    for (let round = 0; round < 10; round += 1) {
      const before = idsOf(await readPages(log, { conditions }));
      const moved = new Set<string>();
      let appended = 0;
      const seen = await readPages(log, { conditions, limit: 4, fromEnd: true }, async () => {
        // Fewer than a page, so that the top is reached.
        for (let count = 0; count < 3; count += 1, appended += 1) {
          const event = said(`${round} ${appended}`, 'AGENT', { conversationId: random.pick(before) });
          await log.append(event);
          moved.add(event.conversationId ?? '');
        }
      });
      const stayed = before.filter((id) => !moved.has(id));
      expect(moved.size).toBeGreaterThan(0);
      expect(stayed.length).toBeGreaterThan(0);
      expect(idsOf(seen).filter((id) => stayed.includes(id))).toEqual(stayed);
      // What moved has not been missed either: it is above.
      expect(new Set(idsOf(seen))).toEqual(new Set(before));
    }
  });
}
