import { matchEvent, matchListed } from '../../../src/domain/message-matching.js';
import type { IdentityRecord, MatchResult, PendingSend } from '../../../src/domain/message-matching.js';
import type { ConversationEvent } from '../../../src/domain/event.js';
import { messageDigest } from '../../../src/domain/message-digest.js';
import type { ListedMessage, MessageIdentity } from '../../../src/domain/message-identity.js';
import type { LogPage, StoredEvent } from '../../../src/events/port/event-log.js';

type MessageEvent = ConversationEvent<'MESSAGE_ADDED'>;

/** What an event log's engine does for one conversation's names, in memory: it looks up, asks the alignment, and writes down what that says. */
export class AlignmentStore {
  readonly names = new Map<string, IdentityRecord>();
  readonly events: { readonly event: MessageEvent; readonly key: string }[] = [];
  #sends: PendingSend[] = [];
  #handles = 0;

  /** Returns the key of the name. */
  append(event: MessageEvent): string {
    const digest = messageDigest(event.data.message);
    const names = [...this.names.values()].filter((name) => name.digest === digest);
    const naming = matchEvent({ eventId: event.id, digest, occurredAt: event.occurredAt.getTime() }, names, this.#sendsOf([digest]));
    this.#keep(naming);
    this.events.push({ event, key: naming.name.id });
    return naming.name.id;
  }

  identifyListedMessages(_conversationId: string, sightings: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    const ids = new Set(sightings.map(({ listedId }) => listedId));
    const digests = sightings.map(({ digest }) => digest);
    const names = [...this.names.values()]
      .filter(({ listedId, digest }) => (listedId === null ? digests.includes(digest) : ids.has(listedId)))
      .sort((a, b) => (a.occurredAt ?? 0) - (b.occurredAt ?? 0));
    const naming = matchListed(sightings, names, this.#sendsOf(digests));
    this.#keep(naming);
    return Promise.resolve(naming.names);
  }

  eventsMissingFromHistory(_conversationId: string, received: Date): Promise<readonly StoredEvent[]> {
    const eventsMissingFromHistory = this.logged()
      .filter(({ event, identity }) => identity?.listedId === null && event.receivedAt >= received)
      .sort((a, b) => a.event.occurredAt.getTime() - b.event.occurredAt.getTime());
    return Promise.resolve(eventsMissingFromHistory);
  }

  /** All of them, as one page. */
  read(): Promise<LogPage> {
    return Promise.resolve({ events: this.logged(), hasMore: false });
  }

  /** All events with the names that their messages have now. */
  logged(): StoredEvent[] {
    return this.events.map(({ event, key }) => ({ event, cursor: '', identity: this.names.get(key) ?? null }));
  }

  expectEcho(expected: Omit<PendingSend, 'handle'>): void {
    this.#handles += 1;
    this.#sends.push({ ...expected, handle: String(this.#handles) });
  }

  #sendsOf(digests: readonly string[]): PendingSend[] {
    return this.#sends.filter(({ digest }) => digests.includes(digest));
  }

  #keep({ changed, met }: MatchResult): void {
    for (const name of changed) this.names.set(name.id, name);
    this.#sends = this.#sends.filter(({ handle }) => !met.includes(handle));
  }
}
