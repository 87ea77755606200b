import type { ConversationEvent } from '../../domain/event.js';
import { healedMessageId } from '../../domain/healing.js';
import type { HealingRejection } from '../../domain/healing.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import { scopeOf } from '../port/cursor.js';
import { EventIdReusedError } from '../port/errors.js';
import { decodeEvent, encodeEvent } from '../port/event-codec.js';
import type { HealingEvent, OverdueMessages } from '../port/event-log.js';
import { HealingOutcomes } from './healing-outcomes.js';
import { keepSummaries, toInboxArguments } from './inbox-summaries.js';
import { KeyedSerialQueue } from './keyed-serial-queue.js';
import { hashId, keyOf } from './keys.js';
import type { Keys, Location } from './keys.js';
import type { LiveMessage } from './pubsub-message.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { IncomingEvent, MessageIdentities, NewIdentity } from './message-identities.js';
import type { Position } from './positions.js';
import type { Replicas } from './replicas.js';
import type { Argument, Commands } from './script.js';
import { appendAllScript, appendScript } from './scripts/appending.js';
import type { AppendReply } from './scripts/appending.js';
import { recordLateOriginalScript } from './scripts/healing.js';
import type { Channels } from './channels.js';
import type { LogIdentity } from './log-identity.js';
import type { LastSeenPositions } from './last-seen-positions.js';

export interface StoredAppend {
  readonly event: ConversationEvent;
  readonly position: Position;
  readonly identity: MessageIdentity | null;
  /** The live message as published; null for a duplicate. */
  readonly message: LiveMessage | null;
  /** Kind of the key under which replicas must have its id; null for a duplicate that was removed. */
  readonly idKind: 'i' | 'y' | null;
}

export interface AppenderOptions {
  readonly commands: Commands;
  readonly keys: Keys;
  readonly identities: MessageIdentities;
  /** Minimum lifetime of a claim, in milliseconds: as long as events are retained. */
  readonly claimMs: number;
  readonly replicas: Replicas;
  readonly channels: Channels;
  readonly identity: LogIdentity;
  readonly seen: LastSeenPositions;
  /** Called on every reply from Redis during an append: of thousands of concurrent appends, the first may be stored late. */
  readonly onReply: () => void;
  /** The time of storage, in epoch µs. Null means by Redis's own clock. */
  readonly storedAt: (() => number) | null;
}

/** Stores events; those of one conversation one after the other, in order of arrival. */
export class Appender {
  readonly #queue = new KeyedSerialQueue();
  /** Conversations (hashes) whose summaries are being completed. */
  readonly #keeping = new Set<string>();

  constructor(private readonly options: AppenderOptions) {}

  /** Resolves once the required number of replicas have a stored event or duplicate. */
  async awaitReplicas(event: ConversationEvent, { idKind, position }: StoredAppend): Promise<void> {
    const { keys, replicas } = this.options;
    if (idKind === null) return;
    const key = keyOf(idKind, keys.conversation(scopeOf(event)));
    await replicas.awaitReplicas({ key, field: hashId(event.id), value: position });
  }

  /** Resolves once it is stored, or found to be a duplicate. */
  append(event: ConversationEvent, echoOf: string | null = null, listed: readonly ListedMessage[] = []): Promise<StoredAppend> {
    const json = encodeEvent(event);
    const { hash } = this.options.keys.locate(scopeOf(event));
    const claimed = this.#claim(hashId(event.id), hash);
    // Handled when the event reaches the head of the queue.
    claimed.catch(() => undefined);
    return this.#queue.run(hash, () => this.#store({ event, echoOf, listed }, json, claimed));
  }

  /** Stores the events of listed messages of one conversation, in order, for which none was stored: see `EventLog.heal`. One promise for each. */
  heal(overdue: OverdueMessages<HealingEvent>): readonly Promise<StoredAppend | HealingRejection>[] {
    const { messages } = overdue;
    const location = this.options.keys.locate({ conversationId: overdue.conversationId });
    const outcomes = new HealingOutcomes((from) => this.#heal({ ...overdue, messages: messages.slice(from) }, location));
    // All are queued immediately, so that nothing of the conversation is stored in between.
    return messages.map((_message, place) => this.#queue.run(location.hash, () => outcomes.next(place)));
  }

  /** Rejects if Redis does not accept writes. */
  async probe(): Promise<void> {
    const { commands, keys } = this.options;
    await Promise.all(keys.all().map(({ base }) => commands.set(`${base}w`, '', 'PX', 1_000)));
  }

  /** Resolves when all appends in flight are stored or have failed. */
  async idle(): Promise<void> {
    await this.#queue.idle();
    await this.options.replicas.idle();
  }

  async #store(incoming: IncomingEvent, json: string, claimed: Promise<void>): Promise<StoredAppend> {
    const { event } = incoming;
    const location = this.options.keys.locate(scopeOf(event));
    for (;;) {
      const [, assigned] = await Promise.all([claimed, this.options.identities.identifyEvent(incoming, location)]);
      const reply = await (assigned?.isHealed === true ? this.#recordLateOriginal(event, assigned) : this.#run(event, json, assigned));
      const stored = await this.#toStored(event, assigned, reply);
      if (stored !== null) return stored;
    }
  }

  /** Outcomes from the first message on, of one at least: of all, unless another gateway stores one of them meanwhile, or changes the conversation's identities. */
  async #heal(overdue: OverdueMessages<HealingEvent>, location: Location): Promise<readonly (StoredAppend | HealingRejection)[]> {
    const outcomes: (StoredAppend | HealingRejection)[] = [];
    while (outcomes.length === 0) {
      const assigned = await this.options.identities.identifyHealed(overdue, location);
      const healed = overdue.messages.flatMap(({ event }, index) => {
        const identity = assigned[index];
        return identity === undefined || typeof identity === 'string' ? [] : [{ event, identity }];
      });
      const replies = (await this.#runAll(healed, location)).values();
      for (const [index, { event }] of overdue.messages.entries()) {
        const outcome = await this.#toHealed(event, assigned[index] ?? 'SETTLED', replies);
        if (outcome === null) break;
        outcomes.push(outcome);
      }
    }
    return outcomes;
  }

  /** Null if it is to be tried again, with all that follow. */
  async #toHealed(
    event: HealingEvent['event'],
    assigned: NewIdentity | HealingRejection,
    replies: Iterator<AppendReply>,
  ): Promise<StoredAppend | HealingRejection | null> {
    if (typeof assigned === 'string') return assigned;
    const reply = replies.next();
    if (reply.done === true) return null;
    return reply.value[0] === 'KNOWN' ? 'SETTLED' : this.#toStored(event, assigned, reply.value);
  }

  /** Null if it is to be tried again. */
  async #toStored(event: ConversationEvent, assigned: NewIdentity | null, reply: AppendReply): Promise<StoredAppend | null> {
    this.options.onReply();
    const { partition, hash } = this.options.keys.locate(scopeOf(event));
    if (reply[0] === 'STORED') {
      const [, position, previous, previousOfAll, isSummaryDue] = reply;
      if (isSummaryDue === 1) this.#keepSummary(partition, hash);
      this.options.seen.record(partition, position);
      const content = { event, identity: assigned?.identity ?? null };
      const message: LiveMessage = { kind: 'stored', partition, position, previous, previousOfAll, decode: () => content };
      return { ...content, position, message, idKind: 'i' };
    }
    if (reply[0] === 'KNOWN') {
      const [, position, known, storedIdentity, idKind] = reply;
      const found = known === null ? event : decodeEvent(known);
      return {
        event: found,
        position,
        identity: decodeMessageIdentity(storedIdentity),
        message: null,
        idKind: known === null ? null : idKind,
      };
    }
    // Another log has replaced the one this gateway had open: adopt it.
    if (reply[0] === 'OTHER') await this.options.identity.renew();
    // Conflict: another gateway has changed this conversation's identities meanwhile, so this event is matched again.
    return null;
  }

  /** Nothing waits for it: if it fails, the next state event has it done. Once at a time: each event of a burst asks for it. */
  #keepSummary(partition: number, hash: string): void {
    const { commands, keys } = this.options;
    if (this.#keeping.has(hash)) return;
    this.#keeping.add(hash);
    keepSummaries(commands, keys.base(partition), [hash])
      .catch(() => undefined)
      .finally(() => this.#keeping.delete(hash));
  }

  /** Claims the event id for this conversation before anything is stored. The claim stays, whether the event can be stored or not. */
  async #claim(id: string, hash: string): Promise<void> {
    const { commands, keys, claimMs } = this.options;
    const owner = await commands.set(keys.claim(id), hash, 'PX', claimMs, 'NX', 'GET');
    this.options.onReply();
    if (owner !== null && owner !== hash) throw new EventIdReusedError('The event id belongs to another conversation.');
  }

  async #run(event: ConversationEvent, json: string, assigned: NewIdentity | null): Promise<AppendReply> {
    const { commands, keys, identity } = this.options;
    identity.requireUsable();
    return appendScript.run(commands, keys.conversation(scopeOf(event)), ...this.#toArguments(event, json, assigned));
  }

  /** Stores events of ours, in order, up to the first one that is not stored: the others have no reply. */
  async #runAll(
    healed: readonly { readonly event: HealingEvent['event']; readonly identity: NewIdentity }[],
    { partition, hash }: Location,
  ): Promise<readonly AppendReply[]> {
    const { commands, keys, identity } = this.options;
    if (healed.length === 0) return [];
    await Promise.all(healed.map(({ event }) => this.#claim(hashId(event.id), hash)));
    identity.requireUsable();
    const args = healed.flatMap(({ event, identity: assigned }) => [
      ...this.#toArguments(event, encodeEvent(event), assigned),
      event.occurredAt.getTime() - CLOCK_TOLERANCE_MS,
    ]);
    return appendAllScript.run(commands, { base: keys.base(partition), hash }, ...args);
  }

  /** Arguments of `appendScript`, but for the last one of healed events. */
  #toArguments(event: ConversationEvent, json: string, assigned: NewIdentity | null): readonly Argument[] {
    const { keys, channels, identity, seen, storedAt } = this.options;
    const scope = scopeOf(event);
    const { partition, hash } = keys.locate(scope);
    return [
      ...[hash, hashId(event.id), event.type, event.receivedAt.getTime(), json, assigned?.key ?? '', assigned?.json ?? ''],
      ...[...channels.forEvent(scope), partition, channels.publish, identity.epoch, seen.numberIn(partition), storedAt?.() ?? ''],
      ...toInboxArguments(event),
      ...(assigned?.writeArgs ?? []),
    ];
  }

  async #recordLateOriginal(event: ConversationEvent, { key, identity: { listedId }, writeArgs }: NewIdentity): Promise<AppendReply> {
    const { commands, keys, identity } = this.options;
    identity.requireUsable();
    const scope = scopeOf(event);
    const healed = healedMessageId(event.conversationId ?? '', listedId ?? '');
    return recordLateOriginalScript.run(
      commands,
      keys.conversation(scope),
      ...[keys.locate(scope).hash, hashId(event.id), hashId(healed), event.receivedAt.getTime(), identity.epoch, key],
      ...writeArgs,
    );
  }
}
