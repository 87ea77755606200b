import { DEFAULT_RETRY_HORIZON_MS, isDerivable, isOld } from '../../../src/domain/identity-retention.js';
import { matchEvent, matchLateEvent, matchListed } from '../../../src/domain/message-matching.js';
import { isReproducible } from '../../../src/domain/reproducible-match.js';
import type { IdentityRecord, MatchResult, PendingSend } from '../../../src/domain/message-matching.js';
import { decideHealings, toHealingDecision } from '../../../src/domain/healing.js';
import type { HealingDecision } from '../../../src/domain/healing.js';
import type { ConversationEvent } from '../../../src/domain/event.js';
import { messageDigest } from '../../../src/domain/message-digest.js';
import type { ListedMessage, MessageIdentity } from '../../../src/domain/message-identity.js';
import type {
  Appended,
  HealingOutcome,
  LogPage,
  MissingFromHistory,
  NewPendingSend,
  OverdueMessage,
  OverdueMessages,
  HealingEvent,
  StoredEvent,
} from '../../../src/events/port/event-log.js';

type MessageEvent = ConversationEvent<'MESSAGE_ADDED'>;

/** What an event log's engine does for the messages of one conversation, in memory: looks up candidates, matches, and stores the result. */
export class MatchingStore {
  readonly identities = new Map<string, IdentityRecord>();
  readonly events: { readonly event: MessageEvent; readonly messageId: string }[] = [];
  #sends: PendingSend[] = [];
  /** What a crash would undo: identities as they were before matches that may be lost. */
  #losable: IdentityRecord[] = [];
  #handles = 0;

  /** Without a clock nothing is ever old. */
  constructor(
    private readonly clock: () => number = () => -Infinity,
    private readonly retryHorizonMs = DEFAULT_RETRY_HORIZON_MS,
  ) {}

  append(event: ConversationEvent, _echoOf: string | null = null, listed: readonly ListedMessage[] = []): Promise<Appended> {
    if (event.type !== 'MESSAGE_ADDED') throw new Error('only messages are stored');
    const digest = messageDigest(event.data.message);
    const sighting = { eventId: event.id, digest, occurredAt: event.occurredAt.getTime(), receivedAt: event.receivedAt.getTime() };
    const alike = [...this.identities.values()].filter((identity) => identity.digest === digest);
    const result =
      listed.length === 0
        ? matchEvent(sighting, alike, this.#sendsOf([digest]))
        : matchLateEvent(sighting, listed, this.#candidatesFor(listed), this.#sendsOf([digest]));
    this.#store(result);
    const { identity } = result;
    const reported = identity.isHealed === true ? this.events.find(({ messageId }) => messageId === identity.id) : undefined;
    if (reported !== undefined) {
      this.identities.set(identity.id, { ...identity, eventId: reported.event.id, isHealed: false });
      return Promise.resolve({ event: reported.event, cursor: '', identity, duplicate: true });
    }
    this.events.push({ event, messageId: identity.id });
    return Promise.resolve({ event, cursor: '', identity, duplicate: false });
  }

  decideHealing({ since, messages }: OverdueMessages<OverdueMessage>): Promise<readonly HealingDecision[]> {
    return Promise.resolve(this.#decideHealings(messages, since).map(toHealingDecision));
  }

  heal({ since, messages }: OverdueMessages<HealingEvent>): readonly Promise<HealingOutcome>[] {
    return this.#decideHealings(messages, since).map((decision, index) => {
      const event = messages[index]?.event;
      if (typeof decision === 'string') return Promise.resolve(decision);
      if (event === undefined) throw new Error('a decision without a message');
      this.identities.set(decision.id, { ...decision, isHealed: true });
      this.events.push({ event, messageId: decision.id });
      return Promise.resolve({ event, cursor: '', identity: decision, duplicate: false });
    });
  }

  #decideHealings(messages: readonly { readonly listedId: string }[], since: Date | null) {
    const facts = { records: [...this.identities.values()], firstEventAt: null, hadEvents: false, erasedAt: null };
    const listedIds = messages.map(({ listedId }) => listedId);
    return decideHealings(listedIds, { ...facts, since: since?.getTime() ?? null });
  }

  identifyListedMessages(_conversationId: string, messages: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    const known = this.#candidatesFor(messages);
    const sends = this.#sendsOf(messages.map(({ digest }) => digest));
    const result = matchListed(messages, known, sends);
    const before = [...this.#losable, ...result.changed.flatMap(({ id }) => this.identities.get(id) ?? [])];
    this.#store(result);
    if (isReproducible({ changed: result.changed, messages, known, sends, now: this.clock() })) this.#losable = before;
    this.#forget();
    return Promise.resolve(result.identities);
  }

  /** Loses what was not on disk yet: everything since the last change that must not be lost. */
  crash(): void {
    for (const identity of this.#losable.reverse()) this.identities.set(identity.id, identity);
    this.#losable = [];
  }

  eventsMissingFromHistory(_conversationId: string, received: Date): Promise<MissingFromHistory> {
    const messages = this.logged()
      .flatMap(({ event: { occurredAt, receivedAt }, identity }) =>
        identity?.listedId === null && receivedAt >= received ? [{ identity, occurredAt, receivedAt }] : [],
      )
      .sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
    const times = [...this.identities.values()].map(({ listedAt, occurredAt }) => Math.min(listedAt ?? Infinity, occurredAt ?? Infinity));
    return Promise.resolve({ messages, knownFrom: times.includes(Infinity) ? -Infinity : Math.min(...times) });
  }

  findByIdentity(_conversationId: string, key: string): Promise<{ identity: MessageIdentity; event: StoredEvent | null } | null> {
    const identity = this.identities.get(key);
    if (identity === undefined) return Promise.resolve(null);
    return Promise.resolve({ identity, event: this.logged().find((stored) => stored.identity?.id === key) ?? null });
  }

  /** All events, as one page. */
  read(): Promise<LogPage> {
    return Promise.resolve({ events: this.logged(), hasMore: false });
  }

  /** All events with the identities that their messages have now. */
  logged(): StoredEvent[] {
    return this.events.map(({ event, messageId }) => ({ event, cursor: '', identity: this.identities.get(messageId) ?? null }));
  }

  registerPendingSend({ digest, clientMessageId, sentAt }: NewPendingSend): Promise<string> {
    this.#handles += 1;
    this.#losable = [];
    const handle = String(this.#handles);
    this.#sends.push({ digest, clientMessageId, sentAt: sentAt.getTime(), handle });
    return Promise.resolve(handle);
  }

  #candidatesFor(messages: readonly ListedMessage[]): IdentityRecord[] {
    const ids = new Set(messages.map(({ listedId }) => listedId));
    const digests = messages.map(({ digest }) => digest);
    return [...this.identities.values()]
      .filter(({ listedId, digest }) => (listedId === null ? digests.includes(digest) : ids.has(listedId)))
      .sort((a, b) => (a.occurredAt ?? 0) - (b.occurredAt ?? 0));
  }

  #sendsOf(digests: readonly string[]): PendingSend[] {
    return this.#sends.filter(({ digest }) => digests.includes(digest));
  }

  #store({ changed, matchedSends }: MatchResult): void {
    this.#losable = [];
    for (const identity of changed) this.identities.set(identity.id, identity);
    this.#sends = this.#sends.filter(({ handle }) => !matchedSends.includes(handle));
  }

  /** Drops old messages without an event. */
  #forget(): void {
    const all = [...this.identities.values()];
    const unlisted = all.filter(({ listedId }) => listedId === null);
    for (const identity of all) {
      const isWaiting = identity.eventId === null;
      if (isWaiting && isOld(identity.listedAt, this.clock(), this.retryHorizonMs) && isDerivable(identity, unlisted))
        this.identities.delete(identity.id);
    }
  }
}
