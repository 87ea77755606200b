import type { ConversationEvent } from '../../../src/domain/event.js';
import { healedMessageId } from '../../../src/domain/healing.js';
import type { InboxReader } from '../../../src/domain/inbox-reader.js';
import { messageDigest } from '../../../src/domain/message-digest.js';
import { moveReadMarker } from '../../../src/events/history/read-markers.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { InboxEntry, InboxQuery } from '../../../src/events/port/inbox.js';
import type { Appended } from '../../../src/events/port/stored-event.js';
import { ANA, BEN, Choices, CUSTOMER, WHOLE, otherEvent, reported, said } from './inbox.js';
import { START } from './sample-events.js';

const MINUTE = 60_000;
const RETENTION_MS = 60 * MINUTE;
const READERS: readonly InboxReader[] = [ANA, BEN, CUSTOMER];
const SIDES = [false, true];
const CONVERSATIONS = 12;

type Message = ConversationEvent<'MESSAGE_ADDED'> & { readonly conversationId: string };

/** A store with the gateways that have it open, of which one is taken at random for each operation. */
export interface Store {
  readonly logs: EventLog[];
  /** Cursors of stored events in their conversation, and which event each is of. */
  readonly cursors: Map<string, string>;
  readonly eventsOf: Map<string, string>;
}

export const newStore = (logs: EventLog[]): Store => ({ logs, cursors: new Map(), eventsOf: new Map() });

/** Runs the same random operations on several stores: all that changes what an inbox shows, and reads in between. */
export class RandomOperations {
  readonly #random: Choices;
  #number = 0;
  readonly #events: ConversationEvent[] = [];
  /** Messages of the contact centre, by conversation, whether or not their events have arrived. */
  readonly #written: Message[] = [];

  constructor(
    seed: number,
    private readonly stores: readonly Store[],
    private readonly clock: { now: number },
    /** Whether conversations are erased and events expire, too. */
    private readonly removes = true,
  ) {
    this.#random = new Choices(seed);
  }

  /** One operation; returns what it was. */
  async next(): Promise<string> {
    this.#number += 1;
    this.clock.now += 1 + this.#random.below(20_000);
    const kind = this.#random.below(100);
    if (kind < 50) return this.#append(this.#newEvent());
    if (kind < 55) return this.#repeat();
    if (kind < 67) return this.#markRead();
    if (kind < 73) return this.#write();
    if (kind < 80) return this.#list();
    if (kind < 86) return this.#heal();
    if (kind < 90) return this.#arriveLate();
    if (kind < 93) return this.#send();
    if (!this.removes) return this.#append(this.#newEvent());
    if (kind < 95) return this.#erase();
    if (kind < 98) return this.#expire();
    this.clock.now += 20 * MINUTE;
    return 'wait';
  }

  /** A random page of each of the gateways of each store. */
  async readPage(): Promise<void> {
    const query = this.query();
    for (const { logs } of this.stores) await this.#random.pick(logs).inbox.page(query);
  }

  query(): InboxQuery {
    const random = this.#random;
    const conditions = { ...WHOLE.conditions };
    const filter = random.below(5);
    if (filter === 0) conditions.states = random.pick([['ACTIVE'], ['QUEUED', 'IDLE'], ['UNKNOWN', 'CREATED']] as const);
    if (filter === 1) conditions.unreadOnly = true;
    if (filter === 2) conditions.customerId = random.pick(['mia', 'tom']);
    return { ...WHOLE, reader: random.pick(READERS), limit: 1 + random.below(8), fromEnd: random.pick(SIDES), conditions };
  }

  #conversation(): string {
    return `c${this.#random.below(CONVERSATIONS)}`;
  }

  #newEvent(): ConversationEvent {
    const [random, id] = [this.#random, `e${this.#number}`];
    const isLate = random.below(6) === 0;
    const { now } = this.clock;
    const given = { conversationId: this.#conversation(), receivedAt: now, occurredAt: isLate ? now - random.below(1_800_000) : now };
    const kind = random.below(14);
    if (kind === 6) return reported(id, random.pick(['mia', 'tom']), given);
    return otherEvent(kind, id, given, random) ?? this.#toMessage(id, given);
  }

  /** Some have the same text. */
  #toMessage(id: string, given: Parameters<typeof said>[2]): Message {
    const event = said(id, this.#random.pick(['AGENT', 'CUSTOMER', 'BOT'] as const), given);
    const text = this.#random.below(3) === 0 ? 'ok' : `text of ${id}`;
    return { ...event, conversationId: given?.conversationId ?? 'c1', data: { ...event.data, message: { ...event.data.message, text } } };
  }

  async #append(event: ConversationEvent, echoOf: readonly string[] = []): Promise<string> {
    const duplicates: boolean[] = [];
    for (const [index, store] of this.stores.entries()) {
      const appended = await this.#random.pick(store.logs).append(event, echoOf[index] ?? null);
      this.#note(store, appended);
      duplicates.push(appended.duplicate);
    }
    expect(new Set(duplicates).size).toBe(1);
    if (duplicates[0] === false) this.#events.push(event);
    if (duplicates[0] === false && event.type === 'MESSAGE_ADDED') this.#written.push(event as Message);
    return `append ${event.type} ${event.id} to ${event.conversationId}${duplicates[0] === true ? ', a duplicate' : ''}`;
  }

  /** Events, while their ids are known: for how long ids of erased events are, differs. */
  #repeat(): Promise<string> {
    const known = this.#events.filter((event) => this.#isRetained(event.receivedAt));
    if (known.length === 0) return Promise.resolve('nothing');
    return this.#append({ ...this.#random.pick(known), receivedAt: new Date(this.clock.now) });
  }

  #isRetained(time: Date): boolean {
    return time.getTime() > this.clock.now - RETENTION_MS;
  }

  #note(store: Store, { event, cursor }: Appended): void {
    store.cursors.set(event.id, cursor);
    store.eventsOf.set(cursor, event.id);
  }

  async #markRead(): Promise<string> {
    const random = this.#random;
    const [reader, conversationId, kind] = [random.pick(READERS), this.#conversation(), random.below(3)];
    const before = this.clock.now - random.below(1_800_000);
    const own = this.#events.filter((event) => event.conversationId === conversationId);
    const event = own.length > 0 ? random.pick(own) : null;
    const outcomes = [];
    for (const store of this.stores) {
      const cursor = store.cursors.get(event?.id ?? '');
      const upTo = kind === 0 && cursor !== undefined ? { cursor } : kind === 1 ? { time: new Date(before) } : 'ALL';
      outcomes.push(
        await moveReadMarker(random.pick(store.logs), conversationId, reader, upTo).catch((error: unknown) => (error as Error).message),
      );
    }
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    return `${reader.key} reads ${conversationId} by ${kind} to ${event?.id ?? ''} ${before}: ${outcomes[0]}`;
  }

  /** A message that no webhook reports, for now. */
  #write(): Promise<string> {
    const given = { conversationId: this.#conversation(), receivedAt: this.clock.now, occurredAt: this.clock.now };
    const message = this.#toMessage(`late${this.#number}`, given);
    this.#written.push(message);
    return Promise.resolve(`write ${message.id} in ${message.conversationId}`);
  }

  /** The newest messages of a conversation, as history lists them. */
  #recent(): { readonly conversationId: string; readonly messages: readonly Message[] } {
    const conversationId = this.#conversation();
    const all = this.#written.filter((message) => message.conversationId === conversationId);
    const messages = [...new Map(all.map((message) => [message.id, message])).values()].slice(-1 - this.#random.below(6));
    return { conversationId, messages: messages.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime()) };
  }

  async #list(): Promise<string> {
    const { conversationId, messages } = this.#recent();
    if (messages.length === 0) return 'nothing';
    const sightings = messages.map(({ id, occurredAt, data }) => ({
      listedId: `m${id}`,
      digest: messageDigest(data.message),
      createdAt: occurredAt,
    }));
    const found = [];
    for (const { logs } of this.stores) found.push(await this.#random.pick(logs).identifyListedMessages(conversationId, sightings));
    for (const identities of found) expect(identities).toEqual(found[0]);
    return `list ${messages.map(({ id }) => id).join()} of ${conversationId}`;
  }

  async #heal(): Promise<string> {
    const { conversationId, messages } = this.#recent();
    // As `healingReachMs` has it: messages whose events have expired are not healed.
    const recent = messages.filter(({ occurredAt }) => this.#isRetained(occurredAt));
    const events = recent.map((message) => ({
      listedId: `m${message.id}`,
      event: {
        ...message,
        id: healedMessageId(conversationId, `m${message.id}`),
        source: 'HISTORY' as const,
        receivedAt: new Date(this.clock.now),
      },
    }));
    if (events.length === 0) return 'nothing';
    const outcomes = [];
    for (const store of this.stores) {
      const healed = await Promise.all(this.#random.pick(store.logs).heal({ conversationId, since: new Date(START), messages: events }));
      for (const each of healed) if (typeof each !== 'string') this.#note(store, each);
      outcomes.push(healed.map((each) => (typeof each === 'string' ? each : each.event.id)));
    }
    for (const each of outcomes) expect(each).toEqual(outcomes[0]);
    return `heal ${recent.map(({ id }) => id).join()} of ${conversationId}: ${outcomes[0]?.join()}`;
  }

  /** The webhook of a message that was written earlier. */
  async #arriveLate(): Promise<string> {
    const late = this.#written.filter(({ id, occurredAt }) => id.startsWith('late') && this.#isRetained(occurredAt));
    if (late.length === 0) return 'nothing';
    return this.#append({ ...this.#random.pick(late), receivedAt: new Date(this.clock.now) });
  }

  async #send(): Promise<string> {
    const given = { conversationId: this.#conversation(), receivedAt: this.clock.now, occurredAt: this.clock.now };
    const message = this.#toMessage(`own${this.#number}`, given);
    const handles = [];
    for (const { logs } of this.stores)
      handles.push(
        await this.#random.pick(logs).registerPendingSend({
          conversationId: message.conversationId,
          digest: messageDigest(message.data.message),
          clientMessageId: `client ${message.id}`,
          sentAt: message.occurredAt,
        }),
      );
    return this.#append(message, this.#random.pick([true, false]) ? handles : []);
  }

  async #erase(): Promise<string> {
    const conversationId = this.#conversation();
    for (const { logs } of this.stores) await this.#random.pick(logs).erase(conversationId);
    return `erase ${conversationId}`;
  }

  async #expire(): Promise<string> {
    const counts = [];
    for (const { logs } of this.stores) counts.push(await this.#random.pick(logs).expire(new Date(this.clock.now - RETENTION_MS)));
    for (const count of counts) expect(count).toBe(counts[0]);
    return `expire ${counts[0]}`;
  }
}

/** An entry as it is on every engine: without cursors, which are those of a store. */
export function shownOf({ eventsOf }: Store, entry: InboxEntry) {
  const { conversationId, state, assignment, customer, lastActivityAt, lastActivityCursor, othersMessages, unread } = entry;
  return {
    ...{ conversationId, state, assignment, customer, lastActivityAt, othersMessages, unread },
    lastActivity: eventsOf.get(lastActivityCursor),
    readUpTo: entry.readCursor === null ? null : eventsOf.get(entry.readCursor),
    lastMessage: entry.lastMessage === null ? null : { event: entry.lastMessage.event, identity: entry.lastMessage.identity },
  };
}

/** All entries of a query, read in its pages, in the order of the inbox. */
export async function readWhole(log: EventLog, query: InboxQuery): Promise<readonly InboxEntry[]> {
  const entries: InboxEntry[] = [];
  const { fromEnd } = query;
  for (let next: string | null = null; ;) {
    const page = await log.inbox.page({ ...query, ...(fromEnd ? { before: next } : { after: next }) });
    if (fromEnd) entries.unshift(...page.entries);
    else entries.push(...page.entries);
    if (page.next === null) return entries;
    next = page.next;
  }
}
