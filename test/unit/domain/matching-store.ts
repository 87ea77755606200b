import { matchEvent, matchListed } from '../../../src/domain/message-matching.js';
import type { IdentityRecord, MatchResult, PendingSend } from '../../../src/domain/message-matching.js';
import type { ConversationEvent } from '../../../src/domain/event.js';
import { messageDigest } from '../../../src/domain/message-digest.js';
import type { ListedMessage, MessageIdentity } from '../../../src/domain/message-identity.js';
import type { LogPage, StoredEvent } from '../../../src/events/port/event-log.js';

type MessageEvent = ConversationEvent<'MESSAGE_ADDED'>;

/** What an event log's engine does for the messages of one conversation, in memory: looks up candidates, matches, and stores the result. */
export class MatchingStore {
  readonly identities = new Map<string, IdentityRecord>();
  readonly events: { readonly event: MessageEvent; readonly messageId: string }[] = [];
  #sends: PendingSend[] = [];
  #handles = 0;

  /** Returns the id of the message. */
  append(event: MessageEvent): string {
    const digest = messageDigest(event.data.message);
    const candidates = [...this.identities.values()].filter((identity) => identity.digest === digest);
    const result = matchEvent({ eventId: event.id, digest, occurredAt: event.occurredAt.getTime() }, candidates, this.#sendsOf([digest]));
    this.#store(result);
    this.events.push({ event, messageId: result.identity.id });
    return result.identity.id;
  }

  identifyListedMessages(_conversationId: string, messages: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    const ids = new Set(messages.map(({ listedId }) => listedId));
    const digests = messages.map(({ digest }) => digest);
    const candidates = [...this.identities.values()]
      .filter(({ listedId, digest }) => (listedId === null ? digests.includes(digest) : ids.has(listedId)))
      .sort((a, b) => (a.occurredAt ?? 0) - (b.occurredAt ?? 0));
    const result = matchListed(messages, candidates, this.#sendsOf(digests));
    this.#store(result);
    return Promise.resolve(result.identities);
  }

  eventsMissingFromHistory(_conversationId: string, received: Date): Promise<readonly StoredEvent[]> {
    const eventsMissingFromHistory = this.logged()
      .filter(({ event, identity }) => identity?.listedId === null && event.receivedAt >= received)
      .sort((a, b) => a.event.occurredAt.getTime() - b.event.occurredAt.getTime());
    return Promise.resolve(eventsMissingFromHistory);
  }

  /** All events, as one page. */
  read(): Promise<LogPage> {
    return Promise.resolve({ events: this.logged(), hasMore: false });
  }

  /** All events with the identities that their messages have now. */
  logged(): StoredEvent[] {
    return this.events.map(({ event, messageId }) => ({ event, cursor: '', identity: this.identities.get(messageId) ?? null }));
  }

  expectEcho(expected: Omit<PendingSend, 'handle'>): void {
    this.#handles += 1;
    this.#sends.push({ ...expected, handle: String(this.#handles) });
  }

  #sendsOf(digests: readonly string[]): PendingSend[] {
    return this.#sends.filter(({ digest }) => digests.includes(digest));
  }

  #store({ changed, matchedSends }: MatchResult): void {
    for (const identity of changed) this.identities.set(identity.id, identity);
    this.#sends = this.#sends.filter(({ handle }) => !matchedSends.includes(handle));
  }
}
