import { randomUUID } from 'node:crypto';
import { ECHO_WINDOW_MS, matchEvent, matchLateEvent, matchListed } from '../../domain/message-matching.js';
import type { IdentityRecord, MatchResult } from '../../domain/message-matching.js';
import { decideHealings, toHealingDecision } from '../../domain/healing.js';
import type { HealingDecision, HealingFacts, HealingRejection } from '../../domain/healing.js';
import { isForgettable, withoutForgettable } from '../../domain/identity-retention.js';
import type { RetryHorizon } from '../../domain/identity-retention.js';
import type { Clock } from '../../domain/clock.js';
import { messageDigest } from '../../domain/message-digest.js';
import type { ConversationEvent } from '../../domain/event.js';
import { toMessageIdentity } from '../../domain/message-identity.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import type { NewPendingSend } from '../port/event-log.js';
import type { HealingEvent, OverdueMessage, OverdueMessages } from '../port/overdue-messages.js';
import { decodeEvent } from '../port/event-codec.js';
import { keyOf } from './keys.js';
import type { Keys, Located, Location } from './keys.js';
import { toHashFields, withOrdering } from './message-identity-fields.js';
import type { Known } from './message-identity-fields.js';
import { SHORT_DIGEST_LENGTH } from '../port/short-digest.js';
import { decodeIdentity, decodeSends, decodeWaiting, encodeIdentity, encodeSend, encodeWaiting } from './message-identity-codec.js';
import type { StoredIdentity } from './message-identity-codec.js';
import { numberOf } from './positions.js';
import type { Replicas } from './replicas.js';
import type { Argument, Commands } from './script.js';
import { findHealingFactsScript } from './scripts/healing.js';
import type { HealingFactsReply } from './scripts/healing.js';
import {
  chainScript,
  registerSendScript,
  isUnchained,
  findIdentitiesScript,
  writeIdentitiesScript,
  cancelSendScript,
} from './scripts/message-identities.js';

/** Twice as long as an echo may take: older sends are ignored, whenever Redis expires them. */
const SEND_TTL_MS = 2 * ECHO_WINDOW_MS;

/** A new event, and what is known of its message: see `EventLog.append`. */
export interface IncomingEvent {
  readonly event: ConversationEvent;
  readonly echoOf: string | null;
  readonly listed: readonly ListedMessage[];
}

/** An identity for a new event, and what to write with it. */
export interface NewIdentity {
  readonly key: string;
  /** As stored. */
  readonly json: string;
  readonly identity: MessageIdentity;
  /** An event of ours has reported the message: the new one is not to be stored. */
  readonly isHealed: boolean;
  /** Arguments of `writeIdentities`. */
  readonly writeArgs: readonly Argument[];
}

/**
 * Assigns message identities. Matching runs here, on what was read; the result is written only if no gateway has changed the
 * conversation's identities in between, else it is retried.
 */
export class MessageIdentities {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly replicas: Replicas,
    private readonly retryHorizonMs: number,
  ) {}

  /** The identity for the message of a new event; null if it carries none. `echoOf`: a handle of `registerPendingSend`. */
  async identifyEvent({ event, echoOf, listed }: IncomingEvent, location: Location): Promise<NewIdentity | null> {
    if (event.type !== 'MESSAGE_ADDED' || event.conversationId === null) return null;
    const digest = messageDigest(event.data.message);
    const observed = {
      eventId: event.id,
      digest,
      occurredAt: event.occurredAt.getTime(),
      receivedAt: event.receivedAt.getTime(),
      echoOf: echoOf?.split(' ').at(-1) ?? null,
    };
    const known = await this.#load(location, [digest], listed.length === 0 ? null : listed.map(({ listedId }) => listedId));
    const sends = known.sends.filter((send) => send.digest === digest);
    const identities = allOf(known);
    // Waiting messages are packed, so all of the conversation are read with one.
    const alike = identities.filter((identity) => identity.digest === digest);
    const match = listed.length === 0 ? matchEvent(observed, alike, sends) : matchLateEvent(observed, listed, identities, sends);
    if (match.identity.isHealed === true) return this.#toLateOriginal(location, known, match, event.id);
    const stored = withOrdering(known, match.changed).find(({ id }) => id === match.identity.id);
    if (stored === undefined) throw new Error('A new event has no identity');
    const writeArgs = this.#toWriteArgs(location, known, match, this.clock());
    return { key: stored.id, json: encodeIdentity(stored), identity: toMessageIdentity(stored), isHealed: false, writeArgs };
  }

  async decideHealing({ conversationId, since, messages }: OverdueMessages<OverdueMessage>): Promise<readonly HealingDecision[]> {
    const location = this.keys.locate({ conversationId });
    const asked = messages.map(({ listedId, content }) => ({ listedId, digest: messageDigest(content) }));
    return (await this.#decide(location, asked, since)).decisions.map(toHealingDecision);
  }

  /**
   * The identities of listed messages' events, which wait for their own ones still, in order; or why one is not to be healed. Each is valid only once those before it are
   * stored, and as long as nothing else is written.
   */
  async identifyHealed(
    { since, messages }: OverdueMessages<HealingEvent>,
    location: Location,
  ): Promise<(NewIdentity | HealingRejection)[]> {
    const asked = messages.map(({ listedId, event }) => ({ listedId, digest: messageDigest(event.data.message) }));
    const found = await this.#decide(location, asked, since);
    let { known } = found;
    return messages.map(({ event }, index) => {
      const record = found.decisions[index] ?? 'SETTLED';
      if (typeof record === 'string') return record;
      const [healed] = withOrdering(known, [{ ...record, eventId: event.id, occurredAt: event.occurredAt.getTime() }]);
      if (healed === undefined) throw new Error('A healed event has no identity');
      const waiting = [...(known.waiting ?? []).filter(({ id }) => id !== record.id), { ...record, isHealed: true }];
      const match = { changed: [healed], matchedSends: [] };
      const writeArgs = this.#toWriteArgs(location, known, match, this.clock(), encodeWaiting(waiting));
      const identities = [...known.identities.filter(({ id }) => id !== record.id), healed];
      known = { ...known, version: String(Number(known.version) + 1), identities, waiting };
      return { key: healed.id, json: encodeIdentity(healed), identity: toMessageIdentity(healed), isHealed: false, writeArgs };
    });
  }

  async #decide(location: Location, messages: readonly Pick<ListedMessage, 'listedId' | 'digest'>[], since: Date | null) {
    const digests = [...new Set(messages.map(({ digest }) => digest))];
    const listedIds = messages.map(({ listedId }) => listedId);
    // In this order: what is erased in between is known as erased.
    const [known, facts] = await Promise.all([
      this.#load(location, digests, listedIds),
      findHealingFactsScript.run(this.commands, this.#located(location), location.hash),
    ]);
    const records = allOf(known);
    return { known, decisions: decideHealings(listedIds, { ...toHealingFacts(facts), records, since: since?.getTime() ?? null }) };
  }

  async erasedAt(conversationId: string): Promise<Date | null> {
    const location = this.keys.locate({ conversationId });
    const { erasedAt } = toHealingFacts(await findHealingFactsScript.run(this.commands, this.#located(location), location.hash));
    return erasedAt === null ? null : new Date(erasedAt);
  }

  /** The message's record waits no more. */
  #toLateOriginal(
    location: Location,
    known: Known,
    { identity, changed, matchedSends }: MatchResult & { readonly identity: IdentityRecord },
    eventId: string,
  ): NewIdentity {
    const waiting = this.#waitingAfter(known, [...changed, { ...identity, eventId }]);
    const writeArgs = this.#toWriteArgs(location, known, { changed, matchedSends }, this.clock(), waiting);
    return { key: identity.id, json: '', identity: toMessageIdentity(identity), isHealed: true, writeArgs };
  }

  async identifyListedMessages(conversationId: string, messages: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    if (messages.length === 0) return [];
    const location = this.keys.locate({ conversationId });
    const digests = [...new Set(messages.map(({ digest }) => digest))];
    const listedIds = new Set(messages.map(({ listedId }) => listedId));
    for (;;) {
      const known = await this.#load(location, digests, [...listedIds]);
      const identities = allOf(known).filter(({ listedId }) => listedId === null || listedIds.has(listedId));
      const found = matchListed(
        messages,
        identities,
        known.sends.filter(({ digest }) => digests.includes(digest)),
      );
      const match = { ...found, changed: withoutForgettable(found.changed, identities, this.#horizon()) };
      // Nothing changed: reading a known history writes nothing.
      const isWritten = match.changed.length + match.matchedSends.length === 0 || (await this.#write(location, known, match));
      if (isWritten) return match.identities.map(toMessageIdentity);
    }
  }

  async registerPendingSend({ conversationId, digest, clientMessageId, sentAt }: NewPendingSend): Promise<string> {
    const { partition, hash } = this.keys.locate({ conversationId });
    const located = this.keys.conversation({ conversationId });
    const field = randomUUID();
    const stored = encodeSend({ digest, clientMessageId, sentAt: sentAt.getTime() });
    await registerSendScript.run(this.commands, located, field, stored, SEND_TTL_MS);
    const handle = `${partition} ${hash} ${field}`;
    try {
      await this.replicas.awaitReplicas({ key: keyOf('s', located), field, value: null });
    } catch (error) {
      // The caller will not send it.
      await this.cancelPendingSend(handle).catch(() => undefined);
      throw error;
    }
    return handle;
  }

  async cancelPendingSend(handle: string): Promise<void> {
    const [partition, hash = '', field = ''] = handle.split(' ');
    await cancelSendScript.run(this.commands, { base: this.keys.base(Number(partition)), hash }, field);
  }

  /** For the digests: identities without an event; with `listedIds` also unlisted identities, and those of these ids. */
  async #load(location: Location, digests: readonly string[], listedIds: readonly string[] | null): Promise<Known> {
    const located = this.#located(location);
    const args = [JSON.stringify(digests), listedIds === null ? '' : JSON.stringify(listedIds), SHORT_DIGEST_LENGTH];
    const [version, identities, newest, sends, waiting] = await findIdentitiesScript.run(this.commands, located, ...args);
    if (newest.some(isUnchained)) {
      await chainScript.run(this.commands, located);
      return this.#load(location, digests, listedIds);
    }
    const sentSince = this.clock() - ECHO_WINDOW_MS;
    return {
      version,
      identities: identities.map(decodeIdentity).sort(byOccurrence),
      waiting:
        waiting === null ? null : decodeWaiting(waiting).map((record) => ({ ...record, digest: completeDigest(record.digest, digests) })),
      newest: new Map(digests.flatMap((digest, index) => (newest[index] ? [[digest, newest[index]]] : []))),
      sends: decodeSends(sends).filter(({ sentAt }) => sentAt >= sentSince),
    };
  }

  #horizon(): RetryHorizon {
    return { now: this.clock(), retryHorizonMs: this.retryHorizonMs };
  }

  async #write(location: Location, known: Known, match: MatchResult): Promise<boolean> {
    const writeArgs = this.#toWriteArgs(location, known, match, this.clock());
    return (await writeIdentitiesScript.run(this.commands, this.#located(location), ...writeArgs)) === 1;
  }

  #located({ partition, hash }: Location): Located {
    return { base: this.keys.base(partition), hash };
  }

  #toWriteArgs(
    { hash }: Location,
    known: Known,
    match: MatchResult,
    assignedAt: number,
    waiting = this.#waitingAfter(known, match.changed),
  ): Argument[] {
    const knownIds = new Set(allOf(known).map(({ id }) => id));
    const isNew = match.changed.some(({ id }) => !knownIds.has(id));
    const ofOwnField = new Set(known.identities.map(({ id }) => id));
    const isOfOwnField = ({ id, eventId }: IdentityRecord) => eventId !== null || ofOwnField.has(id);
    const fields = toHashFields(known, withOrdering(known, match.changed.filter(isOfOwnField)));
    const times = match.changed.map(({ listedAt, occurredAt, eventId }) => (eventId === null ? (listedAt ?? 0) : (occurredAt ?? 0)));
    return [
      ...[known.version, hash, isNew ? assignedAt : '', JSON.stringify(match.matchedSends)],
      ...[JSON.stringify([...fields, ...(waiting === null ? [] : ['waiting', waiting])]), times.length === 0 ? '' : Math.min(...times)],
    ];
  }

  /** The packed messages that wait after a match; null if they do not change. Drops those that are old, as far as doubts about them are known. */
  #waitingAfter(known: Known, changed: readonly IdentityRecord[]): string | null {
    const changedIds = new Set(changed.map(({ id }) => id));
    const before = known.waiting ?? [];
    const added = changed.filter(({ id, eventId }) => eventId === null && !known.identities.some((identity) => identity.id === id));
    if (added.length === 0 && !before.some(({ id }) => changedIds.has(id))) return null;
    const unlisted = known.identities.filter(({ id, listedId }) => listedId === null && !changedIds.has(id));
    const stay = before.filter(
      (record) => !changedIds.has(record.id) && !(isComplete(record.digest) && isForgettable(record, unlisted, this.#horizon())),
    );
    return encodeWaiting([...stay, ...added]);
  }
}

/** A message that an event of ours reports has a field of its own, and waits. */
function allOf({ identities, waiting }: Known): IdentityRecord[] {
  const healed = new Set(waiting?.filter(({ isHealed }) => isHealed === true).map(({ id }) => id));
  return [...(healed.size === 0 ? identities : identities.filter(({ id }) => !healed.has(id))), ...(waiting ?? [])];
}

function toHealingFacts([first, removed, erasedAt]: HealingFactsReply): Omit<HealingFacts, 'records' | 'since'> {
  return {
    firstEventAt: first === null ? null : decodeEvent(first).occurredAt.getTime(),
    hadEvents: numberOf(removed) > 0,
    erasedAt: erasedAt === null ? null : Number(erasedAt),
  };
}

const isComplete = (digest: string): boolean => digest.length > SHORT_DIGEST_LENGTH;

/** The one of the digests that this is the beginning of; itself if none is. */
const completeDigest = (digest: string, digests: readonly string[]): string => digests.find((one) => one.startsWith(digest)) ?? digest;

/** In SQL's order: nulls first. */
const byOccurrence = (a: StoredIdentity, b: StoredIdentity): number =>
  (a.occurredAt ?? -Infinity) === (b.occurredAt ?? -Infinity)
    ? a.order - b.order
    : (a.occurredAt ?? -Infinity) - (b.occurredAt ?? -Infinity);
