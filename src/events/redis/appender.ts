import type { ConversationEvent } from '../../domain/event.js';
import { healedMessageId } from '../../domain/healing.js';
import type { HealingRejection } from '../../domain/healing.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import { scopeOf } from '../port/cursor.js';
import { EventIdReusedError } from '../port/errors.js';
import { decodeEvent, encodeEvent } from '../port/event-codec.js';
import type { HealingEvent, OverdueMessages } from '../port/event-log.js';
import { HealingPlan } from './healing-plan.js';
import type { PlannedHealing } from './healing-plan.js';
import { keepSummaries, toInboxArguments } from './inbox-summaries.js';
import { KeyedSerialQueue } from './keyed-serial-queue.js';
import { hashId, keyOf } from './keys.js';
import type { Keys } from './keys.js';
import type { LiveMessage } from './pubsub-message.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { IncomingEvent, MessageIdentities, NewIdentity } from './message-identities.js';
import type { Position } from './positions.js';
import type { Replicas } from './replicas.js';
import type { Commands } from './script.js';
import { appendScript } from './scripts/appending.js';
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
    const location = this.options.keys.locate({ conversationId: overdue.conversationId });
    const plan = new HealingPlan(overdue, async (rest) => {
      const assigned = await this.options.identities.identifyHealed(rest, location);
      return assigned.map((identity, index) => this.#planHealing(identity, rest.messages[index], location.hash));
    });
    // All at once, so that nothing of the conversation is stored in between.
    return overdue.messages.map(({ event }, index) => this.#queue.run(location.hash, () => this.#heal(event, plan, index)));
  }

  #planHealing(assigned: NewIdentity | HealingRejection, message: HealingEvent | undefined, hash: string): PlannedHealing {
    if (typeof assigned === 'string' || message === undefined) return { assigned, claimed: Promise.resolve() };
    const claimed = this.#claim(hashId(message.event.id), hash);
    // Handled when it is the message's turn.
    claimed.catch(() => undefined);
    return { assigned, claimed };
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

  async #heal(event: HealingEvent['event'], plan: HealingPlan, index: number): Promise<StoredAppend | HealingRejection> {
    const json = encodeEvent(event);
    for (;;) {
      const { assigned, claimed } = await plan.next(index);
      if (typeof assigned === 'string') return assigned;
      await claimed;
      const reply = await this.#run(event, json, assigned, event.occurredAt.getTime() - CLOCK_TOLERANCE_MS);
      const stored = await this.#toStored(event, assigned, reply);
      if (reply[0] === 'STORED') plan.stored();
      if (reply[0] === 'KNOWN') return 'SETTLED';
      if (stored !== null) return stored;
    }
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

  /** `notErasedSince`: of a healed event (epoch ms). */
  async #run(event: ConversationEvent, json: string, assigned: NewIdentity | null, notErasedSince?: number): Promise<AppendReply> {
    const { commands, keys, channels, identity, seen, storedAt } = this.options;
    identity.requireUsable();
    const scope = scopeOf(event);
    const { partition, hash } = keys.locate(scope);
    return appendScript.run(
      commands,
      keys.conversation(scope),
      ...[hash, hashId(event.id), event.type, event.receivedAt.getTime(), json, assigned?.key ?? '', assigned?.json ?? ''],
      ...[...channels.forEvent(scope), partition, channels.publish, identity.epoch, seen.numberIn(partition), storedAt?.() ?? ''],
      ...toInboxArguments(event),
      ...(assigned?.writeArgs ?? []),
      ...(notErasedSince === undefined ? [] : [notErasedSince]),
    );
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
