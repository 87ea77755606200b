import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import { isDigestId, toListedMessage } from '../../domain/message-digest.js';
import { DEFAULT_RETRY_HORIZON_MS } from '../../domain/identity-retention.js';
import { derivedId } from '../../domain/message-identity.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import type { MessageRecord, NamedMessage } from '../../domain/message.js';
import { MAX_PAGE_SIZE } from '../../domain/page-limit.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { EventLog, MissingFromHistory, UnlistedMessage } from '../port/event-log.js';
import type { StoredEvent } from '../port/stored-event.js';
import { MessageIdentityCache } from './message-identity-cache.js';
import { LIST_END, sliceWindow, reachesEnd, widenWindow } from './list-and-tail.js';

/**
 * How long the upstream's list may lag behind its events before unlisted messages are no longer appended to it: 60 s, and longer while it
 * lists nothing newer.
 */
export const LIST_LAG_MS = 60_000;
/** Events read per page. */
const PAGE_SIZE = 1_000;
/** How far back unlisted messages are searched: 10 min. */
const LOOK_BACK_MS = 600_000;

/**
 * A conversation's messages as a frontend sees them: the upstream's list, each message under its identity, followed by messages that are
 * known from events but not listed yet. A reader who took a cursor first therefore misses no message before that cursor.
 */
export class MessageHistory {
  readonly #cache = new MessageIdentityCache();

  constructor(
    private readonly log: Pick<EventLog, 'identifyListedMessages' | 'eventsMissingFromHistory' | 'findByIdentity' | 'read'>,
    private readonly clock: Clock,
    /** Whether the upstream's list has the vendor's message ids. */
    private readonly hasMessageIds: boolean,
    /** As the log's. */
    private readonly retryHorizonMs: number = DEFAULT_RETRY_HORIZON_MS,
    /** Called with what was read of a conversation, before it is returned. Must not throw. */
    private readonly onRead: (conversationId: string, messages: readonly NamedMessage[]) => void = () => undefined,
  ) {}

  /**
   * Reads a window of the message history.
   * `fetch` reads a window of the upstream's list. It is called once, and a second time only if the window does not show where the list
   * ends. Missing messages are determined from events before the call: another reader may match a message while our answer, which lacks
   * it, is in flight.
   * `asOf`: the conversation's cursor, taken before. With it, the log is not queried again while nothing has happened in the conversation.
   */
  async window(
    conversationId: string,
    window: Window,
    fetch: (window: Window) => Promise<WindowOf<MessageRecord>>,
    asOf: string | null = null,
  ): Promise<WindowOf<NamedMessage>> {
    const fullyListedFrom = asOf === null ? null : this.#cache.findFullyListed(conversationId, asOf);
    const { messages: missing, knownFrom } =
      fullyListedFrom === null ? await this.#findMissing(conversationId, asOf) : { messages: [], knownFrom: fullyListedFrom };
    const read = async (part: Window) => {
      const found = await fetch(part);
      return { ...found, items: await this.name(conversationId, found.items, knownFrom) };
    };
    const messages = await read(widenWindow(window, missing.length));
    const unlisted = withoutListed(messages, missing);
    if (!reachesEnd(messages) || unlisted.length === 0) return sliceWindow(window, messages, []);
    if (showsWhatPrecedes(messages, unlisted)) return sliceWindow(window, messages, await this.#tail(conversationId, unlisted, messages));
    const end = await read(LIST_END);
    const tail = await this.#tail(conversationId, withoutListed(end, unlisted), end);
    // The list may have grown between the two reads.
    return sliceWindow(window, end.start <= messages.start ? end : messages, tail);
  }

  /**
   * Assigns identities to messages that a query has read of the upstream's list, in the same order. `knownFrom`: as the log returned it
   * before they were read; without it the log is asked about all of them.
   */
  async name(conversationId: string, records: readonly MessageRecord[], knownFrom?: number): Promise<NamedMessage[]> {
    const named = await this.identify(conversationId, records, knownFrom);
    this.onRead(conversationId, named);
    return named;
  }

  /** Like `name`, without a report of what was read. */
  async identify(conversationId: string, records: readonly MessageRecord[], knownFrom = -Infinity): Promise<NamedMessage[]> {
    const derivedBefore = Math.min(this.clock() - this.retryHorizonMs, knownFrom - CLOCK_TOLERANCE_MS);
    const isAsked = ({ createdAt }: MessageRecord) => createdAt === null || createdAt.getTime() >= derivedBefore;
    const asked = records.filter(isAsked);
    const found = (asked.length === 0 ? [] : await this.#findIdentities(conversationId, asked)).values();
    const named = records.map((record) => {
      const identity = isAsked(record) ? found.next().value : undefined;
      return namedMessage(conversationId, identity ?? derivedIdentity(record), record);
    });
    return named.every(({ createdAt }) => createdAt !== null) ? named : this.#withTimes(conversationId, named);
  }

  /** In the records' order. */
  async #findIdentities(conversationId: string, records: readonly MessageRecord[]): Promise<readonly MessageIdentity[]> {
    const listedIds = records.map(({ listedId }) => listedId);
    return this.#cache.findAll(conversationId, listedIds) ?? (await this.#identify(conversationId, listedIds, records));
  }

  /** Adds times, and missing author names, from events if the upstream's list has none. Null if the log no longer holds the event. */
  async #withTimes(conversationId: string, messages: readonly NamedMessage[]): Promise<NamedMessage[]> {
    const events = await this.#findEvents(
      conversationId,
      messages.map(({ identity }) => identity.id),
    );
    return messages.map((message) => {
      const event = events.get(message.identity.id);
      if (event === undefined) return message;
      const { author } = message;
      const name = author.name ?? event.data.message.author.name;
      return { ...message, createdAt: message.createdAt ?? event.occurredAt, author: { ...author, name } };
    });
  }

  /** The `MESSAGE_ADDED` events of messages, by identity. Reads the log backwards, no further than needed. */
  async #findEvents(conversationId: string, keys: readonly string[]): Promise<ReadonlyMap<string, ConversationEvent<'MESSAGE_ADDED'>>> {
    const missing = new Set(keys);
    const events = new Map<string, ConversationEvent<'MESSAGE_ADDED'>>();
    for (let before: string | undefined, more = true; more && missing.size > 0;) {
      const range = { limit: PAGE_SIZE, fromEnd: true, types: ['MESSAGE_ADDED'], ...(before === undefined ? {} : { before }) } as const;
      const page = await this.log.read({ conversationId }, range);
      for (const { event, identity: name } of page.events) {
        if (event.type === 'MESSAGE_ADDED' && name !== null && missing.delete(name.id)) events.set(name.id, event);
      }
      before = page.events[0]?.cursor;
      more = page.hasMore;
    }
    return events;
  }

  /** Converts a `MESSAGE_ADDED` event to its message; null for any other event. */
  ofEvent({ event, identity: name }: StoredEvent): NamedMessage | null {
    if (event.type !== 'MESSAGE_ADDED' || event.conversationId === null || name === null) return null;
    // Written out for the same reason as `namedMessage`.
    const { author, text, attachments, cards, externalProvider = null } = event.data.message;
    return {
      author,
      text,
      attachments,
      cards,
      externalProvider,
      conversationId: event.conversationId,
      identity: name,
      messageId: this.hasMessageIds && !isDigestId(name.listedId, event.data.message) ? name.listedId : null,
      createdAt: event.occurredAt,
      translatedText: null,
      interactionId: null,
    };
  }

  /** Evicts a conversation that was erased from the log. */
  forget(conversationId: string): void {
    this.#cache.forget(conversationId);
  }

  async #findMissing(conversationId: string, asOf: string | null): Promise<MissingFromHistory> {
    const missing = await this.log.eventsMissingFromHistory(conversationId, new Date(this.clock() - LOOK_BACK_MS));
    if (asOf !== null && missing.messages.length === 0) this.#cache.markFullyListed(conversationId, asOf, missing.knownFrom);
    return missing;
  }

  async #identify(
    conversationId: string,
    listedIds: readonly string[],
    records: readonly MessageRecord[],
  ): Promise<readonly MessageIdentity[]> {
    const sightings = records.map(toListedMessage);
    const names = await this.log.identifyListedMessages(conversationId, sightings);
    this.#cache.remember(conversationId, listedIds, names);
    return names;
  }

  /** The messages that follow the list: those of unlisted events that the end of the list lacks. */
  async #tail(
    conversationId: string,
    unlisted: readonly UnlistedMessage[],
    listEnd: WindowOf<NamedMessage>,
  ): Promise<readonly NamedMessage[]> {
    const before = await this.#listedBefore(conversationId, unlisted, listEnd);
    const newest = listEnd.items.findLast(({ createdAt }) => createdAt !== null)?.createdAt?.getTime() ?? -Infinity;
    const lacks = ({ occurredAt, receivedAt }: UnlistedMessage) =>
      occurredAt.getTime() > before &&
      (receivedAt.getTime() >= this.clock() - LIST_LAG_MS || occurredAt.getTime() > newest + CLOCK_TOLERANCE_MS);
    const lacking = unlisted.filter(lacks);
    const found = await Promise.all(lacking.map(({ identity }) => this.log.findByIdentity(conversationId, identity.id)));
    return found.flatMap((known) => (known?.event == null ? [] : (this.ofEvent(known.event) ?? [])));
  }

  /**
   * An event that the end of a list lacks lies before that part of the list if it occurred up to this time (epoch ms, by the clock of
   * events), and after the list otherwise. Events before it are older than its first message and later ones newer than its last, so the
   * midpoint separates them however far the two clocks are apart. If the part is short, its times are taken from the events of its
   * messages.
   */
  async #listedBefore(
    conversationId: string,
    unlisted: readonly UnlistedMessage[],
    { items, start }: WindowOf<NamedMessage>,
  ): Promise<number> {
    const listed = timeSpan(items.map(({ createdAt }) => createdAt));
    if (start === 0 || listed === null || unlisted.length === 0) return -Infinity;
    if (listed.to - listed.from >= 2 * CLOCK_TOLERANCE_MS) return listed.from + CLOCK_TOLERANCE_MS;
    const events = await this.#findEvents(
      conversationId,
      items.map(({ identity }) => identity.id).filter((key) => key.startsWith('e')),
    );
    const { from, to } = timeSpan([...events.values()].map(({ occurredAt }) => occurredAt)) ?? listed;
    return (from + to) / 2;
  }
}

/** Whether the end of a list shows which unlisted events precede it: not if it is shorter than what is unlisted. */
const showsWhatPrecedes = ({ items, start, total }: WindowOf<NamedMessage>, unlisted: readonly UnlistedMessage[]): boolean =>
  start === 0 || total === 0 || items.length >= Math.min(MAX_PAGE_SIZE, total ?? MAX_PAGE_SIZE) || items.length > unlisted.length;

function withoutListed({ items }: WindowOf<NamedMessage>, messages: readonly UnlistedMessage[]): readonly UnlistedMessage[] {
  const shown = new Set(items.map(({ identity }) => identity.id));
  return messages.filter(({ identity }) => !shown.has(identity.id));
}

/** First and last of some times, in epoch milliseconds; null if there are none. */
function timeSpan(times: readonly (Date | null)[]): { readonly from: number; readonly to: number } | null {
  const known = times.flatMap((time) => (time === null ? [] : [time.getTime()]));
  return known.length === 0 ? null : { from: Math.min(...known), to: Math.max(...known) };
}

/** Written out: a spread with two more properties (`{ ...record, … }`) takes ten times the time and memory, and a page holds many. */
function namedMessage(conversationId: string, identity: MessageIdentity, record: MessageRecord): NamedMessage {
  return {
    conversationId,
    identity,
    messageId: record.messageId,
    author: record.author,
    text: record.text,
    translatedText: record.translatedText,
    createdAt: record.createdAt,
    interactionId: record.interactionId,
    attachments: record.attachments,
    cards: record.cards,
    externalProvider: record.externalProvider ?? null,
  };
}

/** The identity of a message that no event can have shown. */
const derivedIdentity = ({ listedId }: MessageRecord): MessageIdentity => ({ id: derivedId(listedId), listedId, clientMessageId: null });
