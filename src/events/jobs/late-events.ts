import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.js';
import { entryLimit } from '../../domain/entry-limit.js';
import type { ConversationEvent } from '../../domain/event.js';
import { isLate, isOld } from '../../domain/identity-retention.js';
import { messageDigest, toListedMessage } from '../../domain/message-digest.js';
import type { ListedMessage } from '../../domain/message-identity.js';
import type { MessageRecord } from '../../domain/message.js';
import type { Window, WindowOf } from '../../domain/window.js';
import { covers, readListAround } from '../history/list-around.js';
import type { TimeSpan } from '../history/list-around.js';
import { HistoryUnavailableError } from '../port/errors.js';
import type { Span } from '../../observability/tracing.js';
import type { EventLog } from '../port/event-log.js';
import type { Appended } from '../port/stored-event.js';

/** How long a part of a list is remembered: after an outage, many late events of one conversation come together. */
const TTL_MS = 60_000;
const MAX_CONVERSATIONS = 1_000;

/** `failed`: the list could not be read; the event is stored all the same once it may not come again. */
export type LateEventOutcome = 'listed' | 'unlisted' | 'failed';

/** A part of a list without its messages' contents. */
interface ReadPart extends TimeSpan {
  readonly messages: readonly ListedMessage[];
  readonly readAt: number;
}

export interface LateEventsOptions {
  /** What appends, as a step of a span; null if nothing is traced. */
  readonly logFor: (span: Span | null) => Pick<EventLog, 'append'>;
  /** Reads a window of a conversation's list. */
  readonly fetch: (conversationId: string, window: Window, span: Span | null) => Promise<WindowOf<MessageRecord>>;
  readonly clock: Clock;
  readonly retryHorizonMs: number;
  /** Called for each late event. */
  readonly onLateEvent?: (outcome: LateEventOutcome) => void;
}

/**
 * Appends events that the contact centre sends. Of a message that history listed without an event nothing is recorded once it is old
 * (ADR 17), so an event that comes later is looked up in the list first.
 */
export class LateEvents {
  readonly #parts = new LRUCache<string, readonly ReadPart[]>(entryLimit(MAX_CONVERSATIONS));
  readonly #reads = new Map<string, Promise<ReadPart>>();

  constructor(private readonly options: LateEventsOptions) {}

  /** Like `EventLog.append`. Rejects with `HistoryUnavailableError` if the list cannot be read now and the event may come again. */
  async append(event: ConversationEvent, span: Span | null = null): Promise<Appended> {
    const { retryHorizonMs } = this.options;
    const log = this.options.logFor(span);
    const [occurredAt, receivedAt] = [event.occurredAt.getTime(), event.receivedAt.getTime()];
    if (event.type !== 'MESSAGE_ADDED' || event.conversationId === null || !isLate(occurredAt, receivedAt, retryHorizonMs)) {
      return log.append(event);
    }
    const listed = await this.#findListed(event, event.conversationId, span).catch((error: unknown) => {
      this.options.onLateEvent?.('failed');
      if (isOld(occurredAt, receivedAt, retryHorizonMs)) return null;
      throw new HistoryUnavailableError('The history of a late event cannot be read', { cause: error });
    });
    if (listed !== null) this.options.onLateEvent?.(listed.length > 0 ? 'listed' : 'unlisted');
    return log.append(event, null, listed ?? []);
  }

  /** The messages with the event's content that history lists around its time. */
  async #findListed(
    { data, occurredAt }: ConversationEvent<'MESSAGE_ADDED'>,
    conversationId: string,
    span: Span | null,
  ): Promise<readonly ListedMessage[]> {
    const digest = messageDigest(data.message);
    const { messages } = await this.#read(conversationId, occurredAt.getTime(), span);
    return messages.filter((message) => message.digest === digest);
  }

  /** One read after the other in a conversation: the events that wait for one usually find theirs in it. */
  #read(conversationId: string, at: number, span: Span | null): Promise<ReadPart> {
    const previous = this.#reads.get(conversationId);
    const readPart = () => this.#readPart(conversationId, at, span);
    const read = previous === undefined ? readPart() : previous.then(readPart);
    this.#reads.set(conversationId, read);
    const done = () => {
      if (this.#reads.get(conversationId) === read) this.#reads.delete(conversationId);
    };
    read.then(done, done);
    return read;
  }

  async #readPart(conversationId: string, at: number, span: Span | null): Promise<ReadPart> {
    const readAt = this.options.clock();
    const known = (this.#parts.get(conversationId) ?? []).filter((part) => part.readAt > readAt - TTL_MS);
    const found = known.find((part) => covers(part, at));
    if (found !== undefined) return found;
    const { items, from, to } = await readListAround((window) => this.options.fetch(conversationId, window, span), at);
    const part = { from, to, messages: items.map(toListedMessage), readAt };
    this.#parts.set(conversationId, [...known, part]);
    return part;
  }
}
