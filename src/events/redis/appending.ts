import type { ConversationEvent } from '../../domain/event.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { scopeOf } from '../port/cursor.js';
import { EventIdReusedError } from '../port/errors.js';
import { decodeEvent, encodeEvent } from '../port/event-codec.js';
import { KeyedSerialQueue } from './keyed-serial-queue.js';
import { hashId, keyOf } from './keys.js';
import type { Keys } from './keys.js';
import type { LiveMessage } from './pubsub-message.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { Names, NewIdentity } from './message-identities.js';
import type { Position } from './positions.js';
import type { Replicas } from './replicas.js';
import type { Commands } from './script.js';
import { appendScript } from './scripts/appending.js';
import type { AppendReply } from './scripts/appending.js';
import type { Channels } from './channels.js';
import type { Identity } from './log-identity.js';
import type { LastSeenPositions } from './seen.js';

export interface Stored {
  readonly event: ConversationEvent;
  readonly position: Position;
  readonly identity: MessageIdentity | null;
  /** As it is told to those who listen; null for a repeat. */
  readonly message: LiveMessage | null;
  /** Whether it is there to be held by replicas: false for a repeat of one that was removed by now. */
  readonly isThere: boolean;
}

export interface AppenderOptions {
  readonly commands: Commands;
  readonly keys: Keys;
  readonly names: Names;
  /** How long an id is claimed at least: as long as its event is stored. */
  readonly claimMs: number;
  readonly replicas: Replicas;
  readonly channels: Channels;
  readonly identity: Identity;
  readonly seen: LastSeenPositions;
  /** Called whenever Redis has answered a part of what an append asks: of thousands at once, the first may be stored late. */
  readonly onAnswer: () => void;
  /** When an event is stored, in epoch µs. Null: by Redis's own clock. */
  readonly storedAt: (() => number) | null;
}

/** Stores events: those of one conversation one after the other, in the order in which they came. */
export class Appender {
  readonly #inOrder = new KeyedSerialQueue();

  constructor(private readonly options: AppenderOptions) {}

  /** Resolves once as many replicas have a stored event as were asked for; so for a repeat. */
  async hold(event: ConversationEvent, { isThere, position }: Stored): Promise<void> {
    const { keys, replicas } = this.options;
    const key = keyOf('i', keys.conversation(scopeOf(event)));
    if (isThere) await replicas.awaitReplicas({ key, field: hashId(event.id), value: position });
  }

  /** Resolves once it is stored; so for a repeat. */
  append(event: ConversationEvent, echoOf: string | null = null): Promise<Stored> {
    const json = encodeEvent(event);
    const { hash } = this.options.keys.locate(scopeOf(event));
    const claimed = this.#claim(hashId(event.id), hash);
    // Told when it is this event's turn.
    claimed.catch(() => undefined);
    return this.#inOrder.run(hash, () => this.#store(event, echoOf, json, claimed));
  }

  /** Rejects when Redis takes no writes. */
  async probe(): Promise<void> {
    const { commands, keys } = this.options;
    await Promise.all(keys.all().map(({ base }) => commands.set(`${base}w`, '', 'PX', 1_000)));
  }

  /** Resolves when all that was begun is stored, or has failed. */
  async idle(): Promise<void> {
    await this.#inOrder.idle();
    await this.options.replicas.idle();
  }

  async #store(event: ConversationEvent, echoOf: string | null, json: string, claimed: Promise<void>): Promise<Stored> {
    const location = this.options.keys.locate(scopeOf(event));
    const id = hashId(event.id);
    for (;;) {
      const [, name] = await Promise.all([claimed, this.options.names.forEvent(event, echoOf, location)]);
      const reply = await this.#run(event, json, id, name);
      this.options.onAnswer();
      if (reply[0] === 'STORED') {
        const [, position, previous, previousOfAll] = reply;
        this.options.seen.note(location.partition, position);
        const told = { event, identity: name?.identity ?? null };
        const message: LiveMessage = { kind: 'stored', partition: location.partition, position, previous, previousOfAll, told: () => told };
        return { ...told, position, message, isThere: true };
      }
      if (reply[0] === 'KNOWN') {
        const [, position, known, knownName] = reply;
        const found = known === null ? event : decodeEvent(known);
        return { event: found, position, identity: decodeMessageIdentity(knownName), message: null, isThere: known !== null };
      }
      // Not the log that this gateway knew: it takes over the one that is there.
      if (reply[0] === 'OTHER') await this.options.identity.renew();
      // Another gateway has named something of this conversation meanwhile: what name this one gets has to be worked out again.
    }
  }

  /** Takes the event id for this conversation, before anything is stored. Once taken it stays so, whether the event can be stored or not. */
  async #claim(id: string, hash: string): Promise<void> {
    const { commands, keys, claimMs } = this.options;
    const owner = await commands.set(keys.claim(id), hash, 'PX', claimMs, 'NX', 'GET');
    this.options.onAnswer();
    if (owner !== null && owner !== hash) throw new EventIdReusedError('The event id stands with another conversation.');
  }

  async #run(event: ConversationEvent, json: string, id: string, name: NewIdentity | null): Promise<AppendReply> {
    const { commands, keys, channels, identity, seen, storedAt } = this.options;
    identity.requireUsable();
    const scope = scopeOf(event);
    const { partition, hash } = keys.locate(scope);
    return appendScript.run(
      commands,
      keys.conversation(scope),
      ...[hash, id, event.type, event.receivedAt.getTime(), json, name?.key ?? '', name?.json ?? ''],
      ...[...channels.forEvent(scope), partition, channels.publish, identity.epoch, seen.numberIn(partition), storedAt?.() ?? ''],
      ...(name?.writing ?? []),
    );
  }
}
