import type { ConversationEvent } from '../../../src/domain/event.js';
import type { InboxReader, OwnAuthor } from '../../../src/domain/inbox-reader.js';
import { isActivity, isStateEvent } from '../../../src/domain/inbox-summary.js';
import { project } from '../../../src/domain/projection.js';
import { deriveState } from '../../../src/domain/state.js';
import { moveReadMarker } from '../../../src/events/history/read-markers.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { InboxConditions, InboxEntry, InboxQuery } from '../../../src/events/port/inbox.js';
import { appendWhenReceived, disposing } from './harness.js';
import type { OpenLog } from './harness.js';
import { agentJoined, agentLeft, messageAdded, queued, START, transferred, updated } from './sample-events.js';
import { seededRandom } from './seeded-random.js';

const HOUR = 3_600_000;
const ALL: InboxConditions = { states: null, customerId: null, unreadOnly: false, among: null };
export const ANA: InboxReader = { key: 'SERVICE ana', author: 'BOT' };
export const BEN: InboxReader = { key: 'SERVICE ben', author: 'BOT' };
export const CUSTOMER: InboxReader = { key: 'CUSTOMER', author: 'CUSTOMER' };
const READERS = [ANA, BEN, CUSTOMER];
/** From the top, for whom has read nothing. */
export const WHOLE: InboxQuery = { reader: ANA, after: null, before: null, limit: 100, fromEnd: false, conditions: ALL };

/** A source of random numbers and choices. */
export class Choices {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  below(bound: number): number {
    return Math.floor(this.#next() * bound);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

/** A message by an author of this type. */
export function said(
  id: string,
  type: OwnAuthor | 'AGENT',
  given: Parameters<typeof messageAdded>[2] = {},
): ConversationEvent<'MESSAGE_ADDED'> {
  const event = messageAdded(id, `text of ${id}`, given);
  return { ...event, data: { ...event.data, message: { ...event.data.message, author: { ...event.data.message.author, type } } } };
}

export function reported(id: string, customerId: string, given: Parameters<typeof updated>[2] = {}): ConversationEvent {
  const event = updated(id, 'active', given);
  const customer = { name: null, customerId, email: null, phone: null, company: null, caseId: null, language: null };
  return { ...event, data: { ...event.data, customer: { ...customer, timezoneOffsetMinutes: null, ipAddress: null, properties: [] } } };
}

/** All entries, read in pages. */
export async function readInbox(log: EventLog, reader = ANA, conditions: Partial<InboxConditions> = {}, limit = 3): Promise<InboxEntry[]> {
  const entries: InboxEntry[] = [];
  for (let after: string | null = null; ;) {
    const page = await log.inbox.page({ ...WHOLE, reader, after, limit, conditions: { ...ALL, ...conditions } });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    entries.push(...page.entries);
    if (page.next === null) return entries;
    after = page.next;
  }
}

export const idsOf = (entries: readonly InboxEntry[]) => entries.map(({ conversationId }) => conversationId);

/** What the inbox of a model is: every event that is not a duplicate, in order. */
export class Model {
  readonly events: ConversationEvent[] = [];
  /** By reader and conversation: how many of `events` are read. */
  readonly #markers = new Map<string, number>();

  append(event: ConversationEvent): void {
    if (!this.events.some(({ id }) => id === event.id)) this.events.push(event);
  }

  read(conversationId: string, { key }: InboxReader, count = this.events.length): void {
    const name = `${key} ${conversationId}`;
    this.#markers.set(name, Math.max(count, this.#markers.get(name) ?? 0));
  }

  inbox({ key, author }: InboxReader) {
    const last = new Map<string, number>();
    for (const [index, { conversationId, type }] of this.events.entries())
      if (conversationId !== null && isActivity(type)) last.set(conversationId, index);
    return [...last]
      .sort(([, a], [, b]) => b - a)
      .map(([conversationId, index]) => {
        const own = this.events.filter((event) => event.conversationId === conversationId);
        const messages = own.filter((event) => event.type === 'MESSAGE_ADDED');
        const newest = messages.reduce<ConversationEvent | null>(
          (best, event) => (best === null || event.occurredAt >= best.occurredAt ? event : best),
          null,
        );
        const read = this.#markers.get(`${key} ${conversationId}`) ?? 0;
        const isUnread = (event: ConversationEvent) =>
          event.type === 'MESSAGE_ADDED' && event.data.message.author.type !== author && this.events.indexOf(event) >= read;
        return {
          conversationId,
          state: deriveState(project(own.filter(isStateEvent)).state, null),
          lastActivityAt: this.events[index]?.receivedAt,
          lastMessage: newest?.id ?? null,
          unread: messages.filter(isUnread).length,
        };
      });
  }
}

/** What `Model` has of an entry. */
export const shown = ({ conversationId, state, lastActivityAt, lastMessage, unread }: InboxEntry) => ({
  conversationId,
  state,
  lastActivityAt,
  lastMessage: lastMessage?.event.id ?? null,
  unread,
});

/** An event that is no message: for 0 to 4 of `kind` one that changes a state, for 5 a receipt. Null for any other. */
export function otherEvent(kind: number, id: string, given: Parameters<typeof said>[2] = {}, random: Choices): ConversationEvent | null {
  switch (kind) {
    case 0:
      return queued(id, given);
    case 1:
      return agentJoined(id, given);
    case 2:
      return agentLeft(id, given);
    case 3:
      return transferred(id, given);
    case 4:
      return updated(id, random.pick(['active', 'idle', 'created']), given);
    case 5: {
      const { data, ...event } = said(id, 'AGENT', given);
      return { ...event, type: 'MESSAGES_READ', data: { readAt: event.receivedAt, reader: data.message.author } };
    }
    default:
      return null;
  }
}

/** A random event of one of some conversations: messages of all authors, some of them late, and whatever changes a state. */
function randomEvent(random: Choices, number: number, conversations: number): ConversationEvent {
  const conversationId = `c${random.below(conversations)}`;
  const at = START + number * 1_000;
  const isLate = random.below(10) === 0;
  const given = { conversationId, receivedAt: at, occurredAt: isLate ? at - random.below(100_000) : at };
  const id = `${number}`;
  const kind = random.below(12);
  if (kind === 6) return { ...said(id, 'AGENT', given), source: 'HISTORY' };
  return otherEvent(kind, id, given, random) ?? said(id, random.pick(['AGENT', 'CUSTOMER', 'BOT'] as const), given);
}

/** Appends random events through some logs on one store, with duplicates and reads in between, to the logs and to a model. */
export async function playRandomly(logs: readonly EventLog[], count: number, seed: number, conversations = 40): Promise<Model> {
  const random = new Choices(seed);
  const model = new Model();
  for (let number = 0; number < count; number += 1) {
    const log = random.pick(logs);
    const isRepeated = model.events.length > 0 && random.below(15) === 0;
    const event = isRepeated ? random.pick(model.events) : randomEvent(random, number, conversations);
    const { duplicate } = await log.append(event);
    expect(duplicate).toBe(isRepeated);
    model.append(event);
    if (random.below(8) !== 0) continue;
    const reader = random.pick(READERS);
    const conversationId = `c${random.below(conversations)}`;
    if (await moveReadMarker(random.pick(logs), conversationId, reader, 'ALL')) model.read(conversationId, reader);
  }
  return model;
}

/** Expects the inbox of a log to be what its stored events say, for a reader without markers. */
export async function expectInboxOfEvents(log: EventLog): Promise<void> {
  const model = new Model();
  for (const { event } of (await log.read('all', { limit: 1_000 })).events) model.append(event);
  const expected = model.inbox(ANA);
  expect(expected.length).toBeGreaterThan(0);
  expect((await readInbox(log)).map(shown)).toEqual(expected);
}

/** What every engine's inbox keeps to. */
export function describeInbox(openLog: OpenLog): void {
  const open = disposing(openLog);

  it('shows conversations by last activity, with their state, assignment, customer and last message', async () => {
    const { log, reopen } = await open();
    await log.append(reported('u1', 'mia', { conversationId: 'c1' }));
    await log.append(queued('q1', { conversationId: 'c1' }));
    await log.append(said('m1', 'CUSTOMER', { conversationId: 'c2', occurredAt: START + 5 }));
    const stored = await log.append(said('m2', 'AGENT', { conversationId: 'c2', occurredAt: START + 5 }));
    await log.append(said('m3', 'AGENT', { conversationId: 'c2', occurredAt: START + 4 }));
    await log.append(agentJoined('j1', { conversationId: 'c1', receivedAt: START + 9 }));
    for (const isOpenedAgain of [false, true]) {
      const each = isOpenedAgain ? await reopen() : log;
      const [first, second, ...others] = await readInbox(each);
      expect(others).toEqual([]);
      expect(first).toMatchObject({
        conversationId: 'c1',
        state: 'ACTIVE',
        assignment: { type: 'AGENT', targetId: 'a1', name: null },
        customer: { customerId: 'mia' },
        lastMessage: null,
        unread: 0,
        readCursor: null,
        lastActivityAt: new Date(START + 9),
      });
      expect(second).toMatchObject({ conversationId: 'c2', state: 'UNKNOWN', assignment: null, customer: null, unread: 3 });
      const { event, cursor, identity } = stored;
      expect(second?.lastMessage).toEqual({ event, cursor, identity });
    }
  });

  it('names the queue while no agent is there, and nobody between interactions', async () => {
    const { log } = await open();
    await log.append(queued('q1'));
    expect((await readInbox(log))[0]).toMatchObject({ state: 'QUEUED', assignment: { type: 'QUEUE', targetId: 'q1', name: 'Support' } });
    await log.append(updated('u1', 'idle', { occurredAt: START + 1 }));
    expect((await readInbox(log))[0]).toMatchObject({ state: 'IDLE', assignment: null });
  });

  it('counts messages of others after the reader’s own marker, which never moves back', async () => {
    const { log, reopen } = await open();
    await log.append(said('m1', 'CUSTOMER'));
    const second = await log.append(said('m2', 'AGENT', { occurredAt: START + 10 }));
    await log.append(said('m3', 'BOT', { occurredAt: START + 20 }));
    await log.append(said('m4', 'CUSTOMER', { occurredAt: START + 30 }));
    const unread = async (each: EventLog) =>
      Promise.all(READERS.map(async (reader) => (await each.inbox.entries(['c1'], reader))[0]?.unread));
    expect(await unread(log)).toEqual([3, 3, 2]);
    expect(await moveReadMarker(log, 'c1', ANA, { cursor: second.cursor })).toBe(true);
    expect(await moveReadMarker(log, 'c1', CUSTOMER, { time: new Date(START + 15) })).toBe(true);
    expect(await unread(log)).toEqual([1, 3, 1]);
    expect((await log.inbox.entries(['c1'], CUSTOMER))[0]?.readCursor).toBe(second.cursor);
    await moveReadMarker(log, 'c1', ANA, 'ALL');
    await moveReadMarker(log, 'c1', ANA, { cursor: second.cursor });
    await moveReadMarker(log, 'c1', ANA, { cursor: log.origin({ conversationId: 'c1' }) });
    expect(await unread(log)).toEqual([0, 3, 1]);
    expect(await unread(await reopen())).toEqual([0, 3, 1]);
  });

  it('takes nothing for read that is newer than the time given, whatever stands after it', async () => {
    const { log } = await open();
    await log.append(said('m1', 'AGENT', { occurredAt: START + 20 }));
    await log.append(said('m2', 'AGENT', { occurredAt: START + 10 }));
    await moveReadMarker(log, 'c1', ANA, { time: new Date(START + 15) });
    expect((await readInbox(log))[0]).toMatchObject({ unread: 2, readCursor: null });
  });

  it('takes nothing for read that is said after an erasure, though a marker is stored that was counted before it', async () => {
    const { log } = await open();
    for (const id of ['m1', 'm2', 'm3']) await log.append(said(id, 'AGENT'));
    const [before] = await log.inbox.entries(['c1'], ANA);
    await log.erase('c1');
    await log.append(reported('u1', 'mia'));
    await log.inbox.storeMarker('c1', ANA, { cursor: before?.lastActivityCursor ?? '', seen: before?.othersMessages ?? 0 });
    for (const id of ['m4', 'm5']) await log.append(said(id, 'AGENT'));
    expect((await readInbox(log))[0]).toMatchObject({ conversationId: 'c1', unread: 2 });
  });

  it('rejects a marker at no cursor of the conversation, and has none for a conversation that is not there', async () => {
    const { log } = await open();
    expect(await moveReadMarker(log, 'c1', ANA, 'ALL')).toBe(false);
    await log.append(said('m1', 'AGENT'));
    for (const cursor of ['', 'nonsense', log.origin('all'), log.origin({ conversationId: 'c2' })])
      await expect(moveReadMarker(log, 'c1', ANA, { cursor })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await log.inbox.entries(['c2', 'c1', 'c3'], ANA)).toMatchObject([null, { conversationId: 'c1' }, null]);
  });

  it.each(['', 'nonsense', Buffer.from('inbox x top').toString('base64url')])('rejects %j as a place to go on from', async (place) => {
    const { log } = await open();
    for (const range of [{ after: place }, { before: place }])
      await expect(log.inbox.page({ ...WHOLE, ...range, limit: 1 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('shows only what matches all conditions', async () => {
    const { log } = await open();
    await log.append(reported('u1', 'mia', { conversationId: 'c1' }));
    await log.append(queued('q1', { conversationId: 'c1', occurredAt: START + 1 }));
    await log.append(said('m1', 'AGENT', { conversationId: 'c2' }));
    await log.append(queued('q3', { conversationId: 'c3' }));
    await log.append(said('m3', 'AGENT', { conversationId: 'c3' }));
    expect(idsOf(await readInbox(log, ANA, { states: ['QUEUED'] }, 1))).toEqual(['c3', 'c1']);
    expect(idsOf(await readInbox(log, ANA, { states: ['UNKNOWN', 'ACTIVE'] }))).toEqual(['c2']);
    expect(idsOf(await readInbox(log, ANA, { customerId: 'mia' }))).toEqual(['c1']);
    expect(idsOf(await readInbox(log, ANA, { unreadOnly: true }, 1))).toEqual(['c3', 'c2']);
    await moveReadMarker(log, 'c3', ANA, 'ALL');
    expect(idsOf(await readInbox(log, ANA, { unreadOnly: true }))).toEqual(['c2']);
    expect(idsOf(await readInbox(log, BEN, { unreadOnly: true, states: ['QUEUED'] }))).toEqual(['c3']);
  });

  it('shows only those of some conversations', async () => {
    const { log } = await open();
    for (const number of [1, 2, 3, 4]) await log.append(said(`m${number}`, 'AGENT', { conversationId: `c${number}` }));
    expect(idsOf(await readInbox(log, ANA, { among: ['c1', 'c9', 'c4', 'c2'] }, 2))).toEqual(['c4', 'c2', 'c1']);
    await moveReadMarker(log, 'c2', ANA, 'ALL');
    expect(idsOf(await readInbox(log, ANA, { among: ['c1', 'c2'], unreadOnly: true }))).toEqual(['c1']);
    expect(await readInbox(log, ANA, { among: [] })).toEqual([]);
  });

  it('goes on beyond a page however few of those that it examined match', async () => {
    const { log } = await open();
    await log.append(queued('q', { conversationId: 'rare' }));
    const many = Array.from({ length: 2_100 }, (_, number) => said(`m${number}`, 'BOT', { conversationId: `c${number}` }));
    await Promise.all(many.map((event) => log.append(event)));
    expect(idsOf(await readInbox(log, ANA, { states: ['QUEUED'] }, 5))).toEqual(['rare']);
    const query = { ...WHOLE, limit: 5, conditions: { ...ALL, states: ['QUEUED'] } } as const;
    const next = expect.any(String) as string;
    expect(await log.inbox.page(query)).toEqual({ entries: [], next });
    await log.append(queued('q2', { conversationId: 'top' }));
    const pages = [await log.inbox.page({ ...query, fromEnd: true })];
    for (let last = pages[0]; last !== undefined && last.next !== null; pages.push(last))
      last = await log.inbox.page({ ...query, fromEnd: true, before: last.next });
    expect(pages.map(({ entries }) => idsOf(entries))).toEqual([['rare'], [], ['top']]);
    expect(pages.map((page) => page.next)).toEqual([next, next, null]);
  });

  it('loses a conversation, with its markers, when its last event expires', async () => {
    const under = await open();
    const { log, reopen } = under;
    const old = { receivedAt: START - 24 * HOUR };
    await appendWhenReceived(under, log, [
      said('m1', 'AGENT', { ...old, conversationId: 'c1' }),
      said('m2', 'AGENT', { ...old, conversationId: 'c2' }),
    ]);
    await log.append(said('m3', 'AGENT', { conversationId: 'c2', occurredAt: START + 1 }));
    await moveReadMarker(log, 'c1', ANA, 'ALL');
    await log.expire(new Date(START - HOUR));
    for (const isOpenedAgain of [false, true]) {
      const each = isOpenedAgain ? await reopen() : log;
      expect((await readInbox(each)).map(shown)).toMatchObject([{ conversationId: 'c2', lastMessage: 'm3', unread: 2 }]);
      expect(await each.inbox.entries(['c1'], ANA)).toEqual([null]);
    }
    const again = await reopen();
    await again.append(said('m4', 'AGENT', { conversationId: 'c1' }));
    expect((await readInbox(again))[0]).toMatchObject({ conversationId: 'c1', unread: 1, readCursor: null });
  });

  it('shows the message that was written last of those that are left, when the one that it showed expires', async () => {
    const under = await open();
    const { log } = under;
    const last = async () => (await readInbox(log))[0]?.lastMessage?.event.id;
    await appendWhenReceived(under, log, [said('m1', 'AGENT', { receivedAt: START - 24 * HOUR, occurredAt: START + HOUR })]);
    // An id that looks like a part of an event, and a text with half a surrogate pair.
    const half = said('m2', 'AGENT', { occurredAt: START });
    await log.append({ ...half, data: { ...half.data, message: { ...half.data.message, text: 'half a pair: \ud800' } } });
    await log.append(said('"occurredAt":"9999-01-01T00:00:00.000Z"', 'AGENT', { occurredAt: START - 5_000 }));
    expect(await last()).toBe('m1');
    await log.expire(new Date(START - HOUR));
    expect(await last()).toBe('m2');
    await log.append(said('m4', 'AGENT', { occurredAt: START - 1 }));
    expect(await last()).toBe('m2');
    await log.append(said('m5', 'AGENT', { occurredAt: START + 1 }));
    expect(await last()).toBe('m5');
  });

  it('loses an erased conversation immediately, with its markers, and shows what is stored of it later', async () => {
    const { log } = await open();
    await log.append(reported('u1', 'mia'));
    await log.append(said('m1', 'AGENT'));
    await log.append(said('m2', 'AGENT', { conversationId: 'c2' }));
    await moveReadMarker(log, 'c1', ANA, 'ALL');
    await log.erase('c1');
    expect(idsOf(await readInbox(log))).toEqual(['c2']);
    await log.append(said('m1', 'AGENT'));
    expect(idsOf(await readInbox(log))).toEqual(['c2']);
    await log.append(said('m3', 'AGENT'));
    expect((await readInbox(log))[0]).toMatchObject({ conversationId: 'c1', customer: null, unread: 1, readCursor: null });
  });

  it('has the state and the customer of events that expired before anybody read it', async () => {
    const under = await open();
    const { log, reopen } = under;
    const old = { receivedAt: START - 24 * HOUR, occurredAt: START - 24 * HOUR };
    await appendWhenReceived(under, log, [reported('u1', 'mia', old), queued('q1', old), agentJoined('j1', old)]);
    await log.append(said('m1', 'AGENT'));
    expect(await log.expire(new Date(START - HOUR))).toBe(3);
    for (const isOpenedAgain of [false, true]) {
      const each = isOpenedAgain ? await reopen() : log;
      const conditions = { states: ['ACTIVE'], customerId: 'mia' } as const;
      expect(await readInbox(each, ANA, conditions)).toMatchObject([{ assignment: { targetId: 'a1' }, customer: { customerId: 'mia' } }]);
    }
  });

  it('has the state of more events than are left to who reads it, in one batch and one after the other', async () => {
    const { log } = await open();
    const events = (conversationId: string) => [
      reported(`${conversationId} u`, 'mia', { conversationId }),
      ...Array.from({ length: 200 }, (_, n) => [queued, agentJoined, agentLeft].map((make, kind) => ({ make, n, kind }))).flatMap((three) =>
        three.map(({ make, n, kind }) =>
          make(`${conversationId} ${n} ${kind}`, { conversationId, occurredAt: START + n * 10_000 + kind * 1_000 }),
        ),
      ),
      agentJoined(`${conversationId} last`, { conversationId, occurredAt: START + HOUR }),
    ];
    await Promise.all(events('c1').map((event) => log.append(event)));
    for (const event of events('c2')) await log.append(event);
    const conditions = { states: ['ACTIVE'], customerId: 'mia' } as const;
    expect(idsOf(await readInbox(log, ANA, conditions)).toSorted()).toEqual(['c1', 'c2']);
    // What reading has completed is stored meanwhile.
    expect(idsOf(await readInbox(log, ANA, conditions)).toSorted()).toEqual(['c1', 'c2']);
  });

  it('is what a model says after random events, reads, duplicates and late events', async () => {
    const { log, reopen } = await open();
    const model = await playRandomly([log], 2_000, 7);
    for (const isOpenedAgain of [false, true]) {
      const each = isOpenedAgain ? await reopen() : log;
      for (const reader of READERS) expect((await readInbox(each, reader, {}, 7)).map(shown)).toEqual(model.inbox(reader));
    }
  });

  it('skips no conversation that stays where it is while others move', async () => {
    const { log } = await open();
    const random = new Choices(11);
    const model = await playRandomly([log], 300, 13);
    for (let round = 0; round < 10; round += 1) {
      const before = model.inbox(ANA).map(({ conversationId }) => conversationId);
      const moved = new Set<string>();
      const seen: string[] = [];
      for (let after: string | null = null, more = true; more;) {
        const page = await log.inbox.page({ ...WHOLE, after, limit: 4 });
        seen.push(...idsOf(page.entries));
        [after, more] = [page.next, page.next !== null];
        for (let count = 0; count < 3; count += 1) {
          const event = said(`${round} ${seen.length} ${count}`, 'AGENT', { conversationId: random.pick(before) });
          await log.append(event);
          model.append(event);
          moved.add(event.conversationId ?? '');
        }
      }
      const stayed = before.filter((id) => !moved.has(id));
      expect(seen.filter((id) => stayed.includes(id))).toEqual(stayed);
    }
  });
}
