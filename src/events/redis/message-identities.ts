import { randomUUID } from 'node:crypto';
import { ECHO_WINDOW_MS, matchEvent, matchListed } from '../../domain/message-matching.js';
import type { MatchResult } from '../../domain/message-matching.js';
import type { Clock } from '../../domain/clock.js';
import { messageDigest } from '../../domain/message-digest.js';
import type { ConversationEvent } from '../../domain/event.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import type { NewPendingSend } from '../port/event-log.js';
import { keyOf } from './keys.js';
import type { Keys, Located, Location } from './keys.js';
import { toHashFields, withOrdering } from './message-identity-fields.js';
import type { Known } from './message-identity-fields.js';
import { decodeIdentity, decodeSends, encodeIdentity, encodeSend, toMessageIdentity } from './message-identity-codec.js';
import type { StoredIdentity } from './message-identity-codec.js';
import type { Replicas } from './replicas.js';
import type { Argument, Commands } from './script.js';
import {
  chainScript,
  registerSendScript,
  isUnchained,
  findIdentitiesScript,
  writeIdentitiesScript,
  cancelSendScript,
} from './scripts/message-identities.js';

/** Twice as long as an echo may take: what is older is not looked at, whenever Redis forgets it. */
const KEEP_SENDS_MS = 2 * ECHO_WINDOW_MS;

/** A name for a new event, and what is to be written with it. */
export interface NewIdentity {
  readonly key: string;
  /** As it is stored. */
  readonly json: string;
  readonly identity: MessageIdentity;
  /** For `writeIdentities`. */
  readonly writing: readonly Argument[];
}

/**
 * Names messages. The alignment is worked out here, over what was read; it is written only if nothing of the conversation has been named in between, by whichever
 * gateway, else it is worked out again.
 */
export class Names {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly replicas: Replicas,
  ) {}

  /** The name for a message that a new event carries; null where it carries none. `echoOf`: a handle of `registerPendingSend`. */
  async forEvent(event: ConversationEvent, echoOf: string | null, location: Location): Promise<NewIdentity | null> {
    if (event.type !== 'MESSAGE_ADDED' || event.conversationId === null) return null;
    const digest = messageDigest(event.data.message);
    const known = await this.#known(location, [digest], null);
    const sighting = { eventId: event.id, digest, occurredAt: event.occurredAt.getTime(), echoOf: echoOf?.split(' ').at(-1) ?? null };
    const match = matchEvent(
      sighting,
      known.names,
      known.sends.filter((send) => send.digest === digest),
    );
    const [stored] = withOrdering(known, match);
    if (stored === undefined) throw new Error('A new event was given no name');
    const writing = this.#writing(location, known, match, this.clock());
    return { key: stored.id, json: encodeIdentity(stored), identity: toMessageIdentity(stored), writing };
  }

  async identifyListedMessages(conversationId: string, sightings: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    if (sightings.length === 0) return [];
    const location = this.keys.locate({ conversationId });
    const digests = [...new Set(sightings.map(({ digest }) => digest))];
    const listedIds = new Set(sightings.map(({ listedId }) => listedId));
    for (;;) {
      const known = await this.#known(location, digests, [...listedIds]);
      const match = matchListed(
        sightings,
        known.names.filter(({ listedId }) => listedId === null || listedIds.has(listedId)),
        known.sends.filter(({ digest }) => digests.includes(digest)),
      );
      // Nothing new: reading a known history writes nothing.
      const isWritten = match.changed.length + match.met.length === 0 || (await this.#write(location, known, match));
      if (isWritten) return match.names.map(toMessageIdentity);
    }
  }

  async registerPendingSend({ conversationId, digest, clientMessageId, sentAt }: NewPendingSend): Promise<string> {
    const { partition, hash } = this.keys.locate({ conversationId });
    const located = this.keys.conversation({ conversationId });
    const handle = randomUUID();
    const stored = encodeSend({ digest, clientMessageId, sentAt: sentAt.getTime() });
    await registerSendScript.run(this.commands, located, handle, stored, KEEP_SENDS_MS);
    const echo = `${partition} ${hash} ${handle}`;
    try {
      await this.replicas.awaitReplicas({ key: keyOf('s', located), field: handle, value: null });
    } catch (error) {
      // It will not be sent.
      await this.cancelPendingSend(echo).catch(() => undefined);
      throw error;
    }
    return echo;
  }

  async cancelPendingSend(handle: string): Promise<void> {
    const [partition, hash = '', name = ''] = handle.split(' ');
    await cancelSendScript.run(this.commands, { base: this.keys.base(Number(partition)), hash }, name);
  }

  /** Of the digests: names that wait for an event; with `listedIds` also names that wait for their listing, and those that these ids have. */
  async #known(location: Location, digests: readonly string[], listedIds: readonly string[] | null): Promise<Known> {
    const located = this.#located(location);
    const args = [JSON.stringify(digests), listedIds === null ? '' : JSON.stringify(listedIds)];
    const [version, names, newest, sends] = await findIdentitiesScript.run(this.commands, located, ...args);
    if (newest.some(isUnchained)) {
      await chainScript.run(this.commands, located);
      return this.#known(location, digests, listedIds);
    }
    const sentSince = this.clock() - ECHO_WINDOW_MS;
    return {
      version,
      names: names.map(decodeIdentity).sort(byOccurrence),
      newest: new Map(digests.flatMap((digest, index) => (newest[index] ? [[digest, newest[index]]] : []))),
      sends: decodeSends(sends).filter(({ sentAt }) => sentAt >= sentSince),
    };
  }

  async #write(location: Location, known: Known, match: MatchResult): Promise<boolean> {
    const writing = this.#writing(location, known, match, this.clock());
    return (await writeIdentitiesScript.run(this.commands, this.#located(location), ...writing)) === 1;
  }

  #located({ partition, hash }: Location): Located {
    return { base: this.keys.base(partition), hash };
  }

  #writing({ hash }: Location, known: Known, match: MatchResult, givenAt: number): Argument[] {
    const isNew = match.changed.some(({ id }) => !known.names.some((name) => name.id === id));
    const fields = toHashFields(known, withOrdering(known, match));
    return [known.version, hash, isNew ? givenAt : '', JSON.stringify(match.met), JSON.stringify(fields)];
  }
}

/** As a database would sort them: what has no time first. */
const byOccurrence = (a: StoredIdentity, b: StoredIdentity): number =>
  (a.occurredAt ?? -Infinity) === (b.occurredAt ?? -Infinity)
    ? a.order - b.order
    : (a.occurredAt ?? -Infinity) - (b.occurredAt ?? -Infinity);
