import { BadUserInputError, CursorExpiredError } from '../../../src/domain/errors.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { ReadRange } from '../../../src/events/port/log-page.js';
import { disposing, idsOf } from './harness.js';
import type { OpenLog } from './harness.js';
import { messageAdded, queued } from './sample-events.js';

const c1 = { conversationId: 'c1' };
const c2 = { conversationId: 'c2' };

/** Appends e1 to e6, those with an even number to c2; returns their cursors in their conversation. */
async function six(log: EventLog): Promise<string[]> {
  const cursors: string[] = [];
  for (const number of [1, 2, 3, 4, 5, 6]) {
    const given = { conversationId: number % 2 === 0 ? 'c2' : 'c1' };
    const event = number > 4 ? messageAdded(`e${number}`, `text ${number}`, given) : queued(`e${number}`, given);
    cursors.push((await log.append(event)).cursor);
  }
  return cursors;
}

/** What every engine's `read`, `head` and `origin` keep to. */
export function describeReading(openLog: OpenLog): void {
  const open = disposing(openLog);

  it.each<[string, ReadRange, string[], boolean]>([
    ['all there is', { limit: 6 }, ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'], false],
    ['the first', { limit: 2 }, ['e1', 'e2'], true],
    ['the last', { limit: 2, fromEnd: true }, ['e5', 'e6'], true],
    ['more than there are, from the end', { limit: 7, fromEnd: true }, ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'], false],
    ['one type', { limit: 3, types: ['MESSAGE_ADDED'] }, ['e5', 'e6'], false],
    ['two types', { limit: 5, types: ['MESSAGE_ADDED', 'INTERACTION_QUEUED'] }, ['e1', 'e2', 'e3', 'e4', 'e5'], true],
    ['no type', { limit: 5, types: [] }, [], false],
  ])('reads a page of all conversations: %s', async (_, range, ids, hasMore) => {
    const { log } = await open();
    await six(log);
    const page = await log.read('all', range);
    expect({ ids: idsOf(page.events), hasMore: page.hasMore }).toEqual({ ids, hasMore });
  });

  it('reads what is no message of a conversation, from either side and from a cursor on', async () => {
    const { log } = await open();
    const [first = ''] = await six(log);
    await log.append(messageAdded('e7', 'text 7', c1));
    await log.append(queued('e8', c1));
    const read = async (range: ReadRange) => {
      const { events, hasMore } = await log.read(c1, { ...range, types: ['INTERACTION_QUEUED', 'AGENT_JOINED'] });
      return [idsOf(events), hasMore];
    };
    expect(await read({ limit: 3 })).toEqual([['e1', 'e3', 'e8'], false]);
    expect(await read({ limit: 2 })).toEqual([['e1', 'e3'], true]);
    expect(await read({ limit: 2, fromEnd: true })).toEqual([['e3', 'e8'], true]);
    expect(await read({ limit: 1, after: first })).toEqual([['e3'], true]);
  });

  it('reads between two cursors, from either side', async () => {
    const { log } = await open();
    await six(log);
    const { events } = await log.read('all', { limit: 6 });
    const [first, , , , fifth] = events.map(({ cursor }) => cursor);
    const between = { after: first ?? '', before: fifth ?? '' };
    const fromStart = await log.read('all', { ...between, limit: 2 });
    const fromEnd = await log.read('all', { ...between, limit: 2, fromEnd: true });
    expect([idsOf(fromStart.events), fromStart.hasMore]).toEqual([['e2', 'e3'], true]);
    expect([idsOf(fromEnd.events), fromEnd.hasMore]).toEqual([['e3', 'e4'], true]);
    expect((await log.read('all', { ...between, limit: 3 })).hasMore).toBe(false);
  });

  it('reports whether anything is stored of a conversation now', async () => {
    const { log } = await open();
    expect(await log.hasEvents('c1')).toBe(false);
    await six(log);
    expect(await Promise.all(['c1', 'c2', 'c3', 'c1'].map((id) => log.hasEvents(id)))).toEqual([true, true, false, true]);
    const erased = log.erase('c1');
    await Promise.all([log.hasEvents('c1'), erased]);
    expect(await Promise.all(['c1', 'c2'].map((id) => log.hasEvents(id)))).toEqual([false, true]);
    await log.append(queued('e7', { conversationId: 'c3' }));
    expect(await log.hasEvents('c3')).toBe(true);
  });

  it('reads one conversation apart from others', async () => {
    const { log } = await open();
    const [first = ''] = await six(log);
    expect(idsOf((await log.read(c1, { limit: 10 })).events)).toEqual(['e1', 'e3', 'e5']);
    expect(idsOf((await log.read(c1, { limit: 10, after: first })).events)).toEqual(['e3', 'e5']);
    expect(idsOf((await log.read({ conversationId: 'none' }, { limit: 10 })).events)).toEqual([]);
  });

  it('returns the same cursor for an event when it is read again', async () => {
    const { log, reopen } = await open();
    const cursors = await six(log);
    const again = await reopen();
    expect((await again.read(c1, { limit: 10 })).events.map(({ cursor }) => cursor)).toEqual(
      cursors.filter((__, index) => index % 2 === 0),
    );
  });

  it('reads nothing after the last event, and what comes then', async () => {
    const { log } = await open();
    const last = (await six(log))[4] ?? '';
    expect(await log.read(c1, { limit: 10, after: last })).toEqual({ events: [], hasMore: false });
    await log.append(queued('e7'));
    expect(idsOf((await log.read(c1, { limit: 10, after: last })).events)).toEqual(['e7']);
  });

  it('reads all after the origin', async () => {
    const { log } = await open();
    expect((await log.read('all', { limit: 10, after: log.origin('all') })).events).toEqual([]);
    await six(log);
    expect(idsOf((await log.read(c2, { limit: 10, after: log.origin(c2) })).events)).toEqual(['e2', 'e4', 'e6']);
  });

  it('rejects a cursor that is malformed or of another scope as bad input', async () => {
    const { log } = await open();
    const [first = ''] = await six(log);
    const { events } = await log.read('all', { limit: 1 });
    const ofAll = events[0]?.cursor ?? '';
    const texts = [
      '',
      'x',
      '!',
      `${first}A`,
      `${first}=`,
      ` ${first}`,
      first.slice(1),
      first.slice(0, -1),
      first.toLowerCase(),
      'x'.repeat(100_000),
    ];
    for (const text of [...texts, ofAll, log.origin(c2)]) {
      for (const range of [{ after: text }, { before: text }]) {
        const refused = log.read(c1, { limit: 1, ...range });
        await expect(refused).rejects.toThrow(BadUserInputError);
        await expect(refused).rejects.toThrow(/cursor/);
      }
      await expect(log.subscribe(c1, { after: text })).rejects.toThrow(BadUserInputError);
    }
    await expect(log.read('all', { limit: 1, after: first })).rejects.toThrow(BadUserInputError);
  });

  it('distinguishes a conversation called "all" from all conversations', async () => {
    const { log } = await open();
    await expect(log.read('all', { limit: 1, after: log.origin({ conversationId: 'all' }) })).rejects.toThrow(BadUserInputError);
  });

  it('rejects a cursor of another log as expired', async () => {
    const { log, another } = await open();
    await six(log);
    const other = await another();
    await other.append(queued('e1'));
    for (const after of [await (await other.head()).cursor(c1), other.origin(c1)]) {
      await expect(log.read(c1, { limit: 1, after })).rejects.toThrow(CursorExpiredError);
      await expect(log.subscribe(c1, { after })).rejects.toThrow(CursorExpiredError);
      await expect(log.read(c1, { limit: 1, before: after })).rejects.toThrow(BadUserInputError);
    }
  });

  it('rejects a page limit of zero or beyond the maximum', async () => {
    const { log } = await open();
    for (const limit of [0, -1, 1.5, 1001]) await expect(log.read('all', { limit })).rejects.toThrow(RangeError);
  });
}
