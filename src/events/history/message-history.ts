import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import { isDigestId, messageDigest } from '../../domain/message-digest.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import type { MessageRecord, NamedMessage } from '../../domain/message.js';
import { MAX_PAGE_SIZE } from '../../domain/page-limit.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { EventLog, StoredEvent } from '../port/event-log.js';
import { MessageIdentityCache } from './message-identity-cache.js';
import { LIST_END, cut, isEnd, widened } from './list-and-tail.js';

/** How long the upstream's list may lag behind its events before we stop filling in for it: 60 s, and longer while it shows nothing newer. */
export const LIST_LAG_MS = 60_000;
/** How many events are read at once. */
const PAGE = 1_000;
/** How far back we look for messages that the list lacks: 10 min. */
const LOOK_BACK_MS = 600_000;

/**
 * A conversation's messages as a frontend sees them: the upstream's list, each message under its one name, and behind it the messages that events have
 * told and the list does not show yet. So whoever reads the history after having taken a cursor misses nothing that lies before the cursor.
 */
export class MessageHistory {
  readonly #known = new MessageIdentityCache();

  constructor(
    private readonly log: Pick<EventLog, 'identifyListedMessages' | 'eventsMissingFromHistory' | 'read'>,
    private readonly clock: Clock,
    /** Whether the upstream's list goes by the vendor's message ids. */
    private readonly hasMessageIds: boolean,
  ) {}

  /**
   * `fetch` reads a window of the upstream's list. It is called once, and once more only where the window alone does not show what lies behind the list. What the list
   * lacks is judged by the events of before the call: another reader may find a message while our answer, which has not got it, is still on its way.
   * `asOf`: the conversation's cursor, taken before; with it the log is not asked again about a conversation in which nothing has happened.
   */
  async window(
    conversationId: string,
    window: Window,
    fetch: (window: Window) => Promise<WindowOf<MessageRecord>>,
    asOf: string | null = null,
  ): Promise<WindowOf<NamedMessage>> {
    const isAllListed = asOf !== null && this.#known.isAllListed(conversationId, asOf);
    const unlisted = isAllListed ? [] : await this.#unlisted(conversationId, asOf);
    const read = async (part: Window) => {
      const found = await fetch(part);
      return { ...found, items: await this.name(conversationId, found.items) };
    };
    const messages = await read(widened(window, unlisted.length));
    const unseen = notIn(messages, unlisted);
    if (!isEnd(messages) || unseen.length === 0) return cut(window, messages, []);
    if (isTelling(messages, unseen)) return cut(window, messages, await this.#tail(conversationId, unseen, messages));
    const end = await read(LIST_END);
    const tail = await this.#tail(conversationId, notIn(end, unseen), end);
    // The list may have grown between the two reads.
    return cut(window, end.start <= messages.start ? end : messages, tail);
  }

  /** The upstream's messages under their names, in the same order. */
  async name(conversationId: string, records: readonly MessageRecord[]): Promise<NamedMessage[]> {
    if (records.length === 0) return [];
    const listedIds = records.map(({ listedId }) => listedId);
    const names = this.#known.of(conversationId, listedIds) ?? (await this.#asked(conversationId, listedIds, records));
    const named = records.map((record, index) => namedMessage(conversationId, names[index] ?? fallbackName(record), record));
    return named.every(({ createdAt }) => createdAt !== null) ? named : this.#withTimes(conversationId, named);
  }

  /** An upstream that lists no times has told them in events; and its authors' names with them. Null where the log holds no such event (any more). */
  async #withTimes(conversationId: string, messages: readonly NamedMessage[]): Promise<NamedMessage[]> {
    const told = await this.#told(
      conversationId,
      messages.map(({ identity }) => identity.id),
    );
    return messages.map((message) => {
      const event = told.get(message.identity.id);
      if (event === undefined) return message;
      const { author } = message;
      const name = author.name ?? event.data.message.author.name;
      return { ...message, createdAt: message.createdAt ?? event.occurredAt, author: { ...author, name } };
    });
  }

  /** The events that told of messages, by the messages' keys. Reads the log from its end, and no further than it must. */
  async #told(conversationId: string, keys: readonly string[]): Promise<ReadonlyMap<string, ConversationEvent<'MESSAGE_ADDED'>>> {
    const missing = new Set(keys);
    const told = new Map<string, ConversationEvent<'MESSAGE_ADDED'>>();
    for (let before: string | undefined, more = true; more && missing.size > 0;) {
      const range = { limit: PAGE, fromEnd: true, types: ['MESSAGE_ADDED'], ...(before === undefined ? {} : { before }) } as const;
      const page = await this.log.read({ conversationId }, range);
      for (const { event, identity: name } of page.events) {
        if (event.type === 'MESSAGE_ADDED' && name !== null && missing.delete(name.id)) told.set(name.id, event);
      }
      before = page.events[0]?.cursor;
      more = page.hasMore;
    }
    return told;
  }

  /** The message that a `MESSAGE_ADDED` event tells of; null for any other event. */
  ofEvent({ event, identity: name }: StoredEvent): NamedMessage | null {
    if (event.type !== 'MESSAGE_ADDED' || event.conversationId === null || name === null) return null;
    // Written out, as `namedMessage` is.
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

  /** Forgets a conversation that was erased from the log. */
  forget(conversationId: string): void {
    this.#known.forget(conversationId);
  }

  async #unlisted(conversationId: string, asOf: string | null): Promise<readonly StoredEvent[]> {
    const events = await this.log.eventsMissingFromHistory(conversationId, new Date(this.clock() - LOOK_BACK_MS));
    if (asOf !== null && events.length === 0) this.#known.markFullyListed(conversationId, asOf);
    return events;
  }

  async #asked(
    conversationId: string,
    listedIds: readonly string[],
    records: readonly MessageRecord[],
  ): Promise<readonly MessageIdentity[]> {
    const sightings = records.map((record) => ({ listedId: record.listedId, digest: messageDigest(record), createdAt: record.createdAt }));
    const names = await this.log.identifyListedMessages(conversationId, sightings);
    this.#known.remember(conversationId, listedIds, names);
    return names;
  }

  /** The messages behind the list: those of `unseen` events that the list, whose end is given, lacks. */
  async #tail(conversationId: string, unseen: readonly StoredEvent[], listEnd: WindowOf<NamedMessage>): Promise<readonly NamedMessage[]> {
    const before = await this.#beforeWindow(conversationId, unseen, listEnd);
    const newest = listEnd.items.findLast(({ createdAt }) => createdAt !== null)?.createdAt?.getTime() ?? -Infinity;
    const lacks = ({ event }: StoredEvent) =>
      event.occurredAt.getTime() > before &&
      (event.receivedAt.getTime() >= this.clock() - LIST_LAG_MS || event.occurredAt.getTime() > newest + CLOCK_TOLERANCE_MS);
    return unseen
      .filter(lacks)
      .map((logged) => this.ofEvent(logged))
      .filter((message) => message !== null);
  }

  /**
   * Up to which time, in epoch milliseconds by the clock of events, an event that the end of a list does not show lies before that stretch; what comes later lies behind
   * the list. What lies before is older than the stretch's first message, what lies behind is newer than its last: so the middle divides them however far apart the
   * two clocks are. Where the stretch is short, the clock of events is used for its times, from the events of its messages.
   */
  async #beforeWindow(conversationId: string, unseen: readonly StoredEvent[], { items, start }: WindowOf<NamedMessage>): Promise<number> {
    const listed = spanOf(items.map(({ createdAt }) => createdAt));
    if (start === 0 || listed === null || unseen.length === 0) return -Infinity;
    if (listed.to - listed.from >= 2 * CLOCK_TOLERANCE_MS) return listed.from + CLOCK_TOLERANCE_MS;
    const told = await this.#told(
      conversationId,
      items.map(({ identity }) => identity.id).filter((key) => key.startsWith('e')),
    );
    const { from, to } = spanOf([...told.values()].map(({ occurredAt }) => occurredAt)) ?? listed;
    return (from + to) / 2;
  }
}

/** Whether the end of a list shows which unseen events lie before it: not where it is shorter than what is unseen. */
const isTelling = ({ items, start, total }: WindowOf<NamedMessage>, unseen: readonly StoredEvent[]): boolean =>
  start === 0 || total === 0 || items.length >= Math.min(MAX_PAGE_SIZE, total ?? MAX_PAGE_SIZE) || items.length > unseen.length;

function notIn({ items }: WindowOf<NamedMessage>, events: readonly StoredEvent[]): readonly StoredEvent[] {
  const shown = new Set(items.map(({ identity }) => identity.id));
  return events.filter(({ identity }) => !shown.has(identity?.id ?? ''));
}

/** The first and the last of some times, in epoch milliseconds; null where there is none. */
function spanOf(times: readonly (Date | null)[]): { readonly from: number; readonly to: number } | null {
  const known = times.flatMap((time) => (time === null ? [] : [time.getTime()]));
  return known.length === 0 ? null : { from: Math.min(...known), to: Math.max(...known) };
}

/** Written out: there are many to a page, and a copy with two properties more (`{ ...record, … }`) takes ten times the time and the memory. */
function namedMessage(conversationId: string, identity: MessageIdentity, record: MessageRecord): NamedMessage {
  return {
    conversationId,
    identity: identity,
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

/** The log names all sightings that it is given; this is what it would call one that nothing else is known of. */
const fallbackName = (record: MessageRecord): MessageIdentity => ({
  id: `m${record.listedId}`,
  listedId: record.listedId,
  clientMessageId: null,
});
