import { setTimeout as pause } from 'node:timers/promises';
import type { ConversationEvent } from '../../../src/domain/event.js';
import { isStateEvent } from '../../../src/domain/inbox-summary.js';
import { project } from '../../../src/domain/projection.js';
import { deriveState } from '../../../src/domain/state.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { InboxConditions, InboxEntry } from '../../../src/events/port/inbox.js';
import { disposing } from './harness.js';
import type { OpenLog } from './harness.js';
import { Choices, WHOLE, idsOf, said } from './inbox.js';
import { START, agentJoined, agentLeft, queued } from './sample-events.js';

/** The rate at which events are appended, if the machine is fast enough, and for how long. */
const PER_SECOND = Number(process.env['INBOX_EVENTS_PER_SECOND'] ?? 50);
const SECONDS = Number(process.env['INBOX_SECONDS'] ?? 2);
const CONVERSATIONS = 200;
const TURN_MS = 20;

/** An appended event. Between its two times (ms) it was stored. */
interface Stored {
  readonly event: ConversationEvent;
  readonly began: number;
  ended: number;
  /** In its conversation. */
  cursor: string;
}

/** What was read, and between which times. */
interface Read {
  readonly entries: readonly InboxEntry[];
  readonly conditions: InboxConditions;
  readonly began: number;
  readonly ended: number;
  /** Whether there are entries below. */
  readonly hasMore: boolean;
}

const now = () => performance.now();

/** What appends have stored, by conversation, in order. */
class Model {
  readonly #stored = new Map<string, Stored[]>();

  constructor(private readonly log: EventLog) {}

  async append(event: ConversationEvent): Promise<void> {
    const stored: Stored = { event, began: now(), ended: Infinity, cursor: '' };
    const id = event.conversationId ?? '';
    this.#stored.set(id, [...(this.#stored.get(id) ?? []), stored]);
    const { cursor } = await this.log.append(event);
    [stored.ended, stored.cursor] = [now(), cursor];
  }

  conversations(): ReadonlyMap<string, readonly Stored[]> {
    return this.#stored;
  }

  of(conversationId: string): readonly Stored[] {
    return this.#stored.get(conversationId) ?? [];
  }

  /** How many of its events an entry shows. */
  countOf({ conversationId, lastActivityCursor }: InboxEntry): number {
    return this.of(conversationId).findIndex(({ cursor }) => cursor === lastActivityCursor) + 1;
  }

  /** The entry after that many events. */
  entry(conversationId: string, count: number) {
    const events = this.of(conversationId).map(({ event }) => event);
    const shown = events.slice(0, count);
    const messages = shown.filter((event) => event.type === 'MESSAGE_ADDED');
    return {
      state: deriveState(project(shown.filter(isStateEvent)).state, null),
      unread: messages.filter(({ data }) => data.message.author.type !== 'BOT').length,
      lastMessage: messages.at(-1)?.id ?? null,
    };
  }
}

/** A random event; those of a conversation are in order. */
function change(random: Choices, number: number): ConversationEvent {
  const given = {
    conversationId: `c${random.below(CONVERSATIONS)}`,
    occurredAt: START + number * 1_000,
    receivedAt: START + number * 1_000,
  };
  const id = `change ${number}`;
  const make = [queued, agentJoined, agentLeft][random.below(10)];
  return make === undefined ? said(id, random.pick(['AGENT', 'CUSTOMER', 'BOT'] as const), given) : make(id, given);
}

/** Appends at the rate until the time is over. Events of one conversation are appended one after the other, as their model is. */
async function appendChanges(model: Model): Promise<void> {
  const random = new Choices(41);
  const lanes = new Map<string, Promise<void>>();
  const total = PER_SECOND * SECONDS;
  const startedAt = now();
  for (let number = 0; number < total;) {
    const due = Math.min(total, Math.ceil(((now() - startedAt) / 1_000) * PER_SECOND));
    for (; number < due; number += 1) {
      const event = change(random, number);
      const id = event.conversationId ?? '';
      lanes.set(
        id,
        (lanes.get(id) ?? Promise.resolve()).then(() => model.append(event)),
      );
    }
    await pause(TURN_MS);
  }
  await Promise.all(lanes.values());
}

const FILTERS: readonly Partial<InboxConditions>[] = [{}, { states: ['ACTIVE', 'QUEUED'] }, { unreadOnly: true }];

/** Reads pages, and the whole inbox in pages, with each filter in turn, until the time is over, and at least once each. */
async function readMeanwhile(log: EventLog, isOver: () => boolean): Promise<{ pages: Read[]; walks: Read[] }> {
  const [pages, walks]: [Read[], Read[]] = [[], []];
  for (let turn = 0; turn < 2 * FILTERS.length || !isOver(); turn += 1) {
    const conditions = { ...WHOLE.conditions, ...FILTERS[turn % FILTERS.length] };
    const [began, entries]: [number, InboxEntry[]] = [now(), []];
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      // Pages may be cached: without a turn of the event loop, nothing else would ever run.
      await pause(1);
      const at = now();
      const page = await log.inbox.page({ ...WHOLE, conditions, after, limit: 20 });
      if (isFirst) pages.push({ entries: page.entries, conditions, began: at, ended: now(), hasMore: page.next !== null });
      entries.push(...page.entries);
      after = page.next;
    }
    walks.push({ entries, conditions, began, ended: now(), hasMore: false });
  }
  return { pages, walks };
}

/** Each entry is what the model had at a moment of the read, and matches the filter. */
function expectContent(model: Model, { entries, conditions, began, ended }: Read): void {
  for (const entry of entries) {
    const { conversationId, state, unread, lastMessage } = entry;
    const stored = model.of(conversationId);
    const count = model.countOf(entry);
    expect(count).toBeGreaterThanOrEqual(stored.filter((one) => one.ended < began).length);
    expect(count).toBeLessThanOrEqual(stored.filter((one) => one.began <= ended).length);
    expect({ state, unread, lastMessage: lastMessage?.event.id ?? null }).toEqual(model.entry(conversationId, count));
    if (conditions.unreadOnly) expect(unread).toBeGreaterThan(0);
  }
}

/** Each conversation is there once, and none stands above another that has certainly been active after it. */
function expectOrder(model: Model, { entries, began, ended }: Read): void {
  expect(new Set(idsOf(entries)).size).toBe(entries.length);
  let upper: Stored | undefined;
  for (const { conversationId } of entries) {
    const stored = model.of(conversationId);
    const atLeast = stored.findLast((one) => one.ended < began);
    const isMisplaced = upper !== undefined && atLeast !== undefined && upper.ended < atLeast.began;
    expect({ conversationId, isMisplaced }).toEqual({ conversationId, isMisplaced: false });
    const atMost = stored.findLast((one) => one.began <= ended);
    if (upper === undefined || (atMost?.ended ?? Infinity) < upper.ended) upper = atMost;
  }
}

/** None is missing that was certainly active after the lowest of an unfiltered page. */
function expectNoneMissing(model: Model, { entries, conditions, began, ended, hasMore }: Read): void {
  if (conditions.states !== null || conditions.unreadOnly) return;
  const shown = new Set(idsOf(entries));
  const lowest = model.of(entries.at(-1)?.conversationId ?? '').findLast((one) => one.began <= ended);
  for (const [conversationId, stored] of model.conversations()) {
    const last = stored.findLast((one) => one.ended < began);
    const isMissing = last !== undefined && !shown.has(conversationId) && (!hasMore || last.began > (lowest?.ended ?? Infinity));
    expect({ conversationId, isMissing }).toEqual({ conversationId, isMissing: false });
  }
}

/** Paging through has found every conversation that has not moved meanwhile, if it matches. */
function expectAllFound(model: Model, { entries, conditions, began, ended }: Read): void {
  const found = new Set(idsOf(entries));
  expect(found.size).toBe(entries.length);
  for (const [conversationId, stored] of model.conversations()) {
    if (stored.some((one) => one.began <= ended && one.ended >= began) || stored.every((one) => one.began > ended)) continue;
    const { state, unread } = model.entry(conversationId, stored.filter((one) => one.ended < began).length);
    const isWanted = (conditions.states?.includes(state) ?? true) && (!conditions.unreadOnly || unread > 0);
    expect({ conversationId, isFound: found.has(conversationId) }).toEqual({ conversationId, isFound: isWanted });
  }
}

/** Pages read while events arrive, on every engine. */
export function describeInboxUnderChange(openLog: OpenLog): void {
  const open = disposing(openLog);

  it(
    `is right while ${PER_SECOND} events a second change it, for ${SECONDS} s`,
    async () => {
      const { log } = await open();
      const model = new Model(log);
      await Promise.all(
        Array.from({ length: CONVERSATIONS }, (_, n) =>
          model.append(said(`first ${n}`, n % 2 === 0 ? 'BOT' : 'AGENT', { conversationId: `c${n}`, occurredAt: START - 1_000 })),
        ),
      );
      let isOver = false;
      const changing = appendChanges(model).finally(() => (isOver = true));
      const { pages, walks } = await readMeanwhile(log, () => isOver);
      await changing;
      for (const page of pages) {
        expectContent(model, page);
        expectOrder(model, page);
        expectNoneMissing(model, page);
      }
      for (const walk of walks) expectAllFound(model, walk);
      const last = await log.inbox.page({ ...WHOLE, limit: 500 });
      const settled: Read = { entries: last.entries, conditions: WHOLE.conditions, began: now(), ended: now(), hasMore: false };
      expectContent(model, settled);
      expectOrder(model, settled);
      expectAllFound(model, settled);
    },
    (SECONDS + 60) * 1_000,
  );
}
