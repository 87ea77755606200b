import type { ConversationSelection } from '../../../../../src/domain/conversation-filter.js';
import type { ConversationRecord } from '../../../../../src/domain/conversation.js';
import { UNKNOWN_CUSTOMER } from '../../../../../src/domain/customer.js';
import { UpstreamRejectedError } from '../../../../../src/domain/errors.js';
import { windowOfArray } from '../../../../../src/domain/window.js';
import { ConversationSearch } from '../../../../../src/events/jobs/heal/conversation-search.js';
import type { SearchRequest } from '../../../../../src/events/jobs/heal/conversation-search.js';

const START = Date.parse('2026-11-30T10:00:00Z');
const SINCE = { since: new Date(START), withEnded: true };

const record = (conversationId: string, createdAt: number | null = null): ConversationRecord => ({
  conversationId,
  channelId: null,
  upstreamState: 'ACTIVE',
  customer: UNKNOWN_CUSTOMER,
  assignment: null,
  createdAt: createdAt === null ? null : new Date(createdAt),
});
const records = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => record(`${prefix}${n}`));

let asked: string[];
let errors: unknown[];
beforeEach(() => {
  asked = [];
  errors = [];
});

/** Lists by status; `newest`: in order of creation, the newest first. */
interface Lists {
  readonly OPEN?: readonly ConversationRecord[];
  readonly CREATED?: readonly ConversationRecord[];
  readonly IDLE?: readonly ConversationRecord[];
  readonly newest?: readonly ConversationRecord[];
}

function searchOver(lists: Lists | (() => Lists), { isOrderedByCreation = false, fail = (_count: number): unknown => null } = {}) {
  return new ConversationSearch({
    upstream: {
      isOrderedByCreation,
      conversations: (from: number, { filter, orderBy }: ConversationSelection) => {
        const name = orderBy === null ? (filter.status ?? 'OPEN') : 'newest';
        asked.push(`${name} ${from}`);
        const failure = fail(asked.length);
        if (failure instanceof Error) return Promise.reject(failure);
        const all = (typeof lists === 'function' ? lists() : lists)[name] ?? [];
        return Promise.resolve(windowOfArray({ kind: 'first', count: 100, from, before: null }, all));
      },
    },
    clock: () => START,
    retryMs: 1,
    reachMs: 3_600_000,
    onError: (error) => errors.push(error),
  });
}

async function found(search: ConversationSearch, request: SearchRequest = SINCE): Promise<string[]> {
  const ids: string[] = [];
  for await (const { conversationId, isEnded } of search.find(request)) ids.push(isEnded ? `${conversationId} ended` : conversationId);
  return ids;
}

describe('ConversationSearch', () => {
  it('reads what is open, and what has ended if there is not too much of it, where the list has no order of time', async () => {
    const lists = { OPEN: records('o', 101), CREATED: [record('c')], IDLE: [record('i')] };
    expect(await found(searchOver(lists))).toEqual([...lists.OPEN.map(({ conversationId }) => conversationId), 'c', 'i ended']);
    expect(asked).toEqual(['OPEN 0', 'OPEN 100', 'CREATED 0', 'IDLE 0']);
    asked = [];
    expect(await found(searchOver({ ...lists, IDLE: records('i', 1_001) }), SINCE)).toHaveLength(102);
    expect(asked).toEqual(['OPEN 0', 'OPEN 100', 'CREATED 0', 'IDLE 0']);
    asked = [];
    await found(searchOver(lists), { ...SINCE, withEnded: false });
    expect(asked).toEqual(['OPEN 0', 'OPEN 100', 'CREATED 0']);
  });

  it('reads the newest up to that time where the list is in order of creation, and what is open', async () => {
    const newest = Array.from({ length: 300 }, (_, n) => record(`n${n}`, START + (150 - n) * 20_000));
    const ids = await found(searchOver({ newest, OPEN: [record('n1'), record('old')] }, { isOrderedByCreation: true }));
    expect(ids).toEqual([...Array.from({ length: 151 }, (_, n) => `n${n}`), 'old']);
    expect(asked).toEqual(['newest 0', 'newest 100', 'OPEN 0', 'CREATED 0']);
  });

  it('reads a list again that has changed meanwhile, since what moved to another page may have been in neither', async () => {
    let OPEN = records('o', 150);
    const search = searchOver(() => {
      const before = OPEN;
      // The first ends after the first page was read: what was the 101st is on that page now.
      OPEN = OPEN.filter(({ conversationId }) => conversationId !== 'o0');
      return { OPEN: asked.length <= 1 ? before : OPEN };
    });
    expect((await found(search)).sort()).toEqual(
      records('o', 150)
        .map(({ conversationId }) => conversationId)
        .sort(),
    );
  });

  it('tries again when a read fails, and goes on', async () => {
    const search = searchOver({ OPEN: records('o', 150) }, { fail: (count) => (count === 2 || count === 3 ? new Error('down') : null) });
    expect(await found(search)).toHaveLength(150);
    expect(asked.slice(0, 5)).toEqual(['OPEN 0', 'OPEN 100', 'OPEN 100', 'OPEN 100', 'CREATED 0']);
    expect(errors).toHaveLength(2);
  });

  it('leaves out a list that the contact centre refuses, and reports that', async () => {
    const refused = new UpstreamRejectedError('no such filter', 400);
    const search = searchOver({ OPEN: [record('o')], IDLE: [record('i')] }, { fail: (count) => (count === 1 ? refused : null) });
    expect(await found(search)).toEqual(['i ended']);
    expect(errors).toEqual([refused]);
  });

  it('rejects when it is closed, so that nobody takes it for complete, and when the caller is impatient', async () => {
    const search = searchOver({}, { fail: () => new Error('down') });
    const finding = found(search);
    search.close();
    await expect(finding).rejects.toThrow();
    await expect(found(searchOver({}, { fail: () => new Error('down') }), { ...SINCE, isImpatient: true })).rejects.toThrow('down');
  });
});
