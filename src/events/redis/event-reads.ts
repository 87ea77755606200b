import { foldHandling } from '../../domain/interaction-metrics.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { toMessageIdentity } from '../../domain/message-identity.js';
import { decodeEvent } from '../port/event-codec.js';
import type { MissingFromHistory, StoredEvent, UnlistedMessage } from '../port/event-log.js';
import type { Keys, Located } from './keys.js';
import { decodeMessageIdentity, decodeWaiting } from './message-identity-codec.js';
import type { Cursors } from './positions.js';
import { METRICS_EVENT_TYPES } from './removal.js';
import type { Commands } from './script.js';
import { listMessagesScript, findByIdentityScript } from './scripts/message-identities.js';
import { listActiveScript, readMetricsScript, readEntries } from './scripts/reading.js';
import type { EntryReply } from './scripts/reading.js';

/** How far Redis's clock may step back, in milliseconds, without an event being missed. */
const CLOCK_SKEW_MS = 300_000;

/** Reads of stored events other than pages. */
export class EventReads {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly cursors: Cursors,
  ) {}

  async activeSince(stored: Date): Promise<readonly string[]> {
    const found = await Promise.all(this.keys.all().map((located) => this.#listActiveIn(located, stored.getTime())));
    return found.flat().flatMap((json) => decodeEvent(json).conversationId ?? []);
  }

  async findByIdentity(conversationId: string, key: string): Promise<{ identity: MessageIdentity; event: StoredEvent | null } | null> {
    const found = await findByIdentityScript.run(this.commands, this.keys.conversation({ conversationId }), key);
    const [stored, event, waiting] = found;
    const identity = decodeMessageIdentity(stored) ?? decodeWaiting(waiting).find(({ id }) => id === key) ?? null;
    if (identity === null) return null;
    return { identity: toMessageIdentity(identity), event: event === null ? null : this.#toStoredEvent(conversationId, event) };
  }

  async eventsMissingFromHistory(conversationId: string, stored: Date): Promise<MissingFromHistory> {
    const located = this.keys.conversation({ conversationId });
    const [entries, isAnyKnown, from] = await listMessagesScript.run(
      this.commands,
      located,
      stored.getTime() * 1_000,
      CLOCK_SKEW_MS * 1_000,
    );
    const messages = entries.flatMap(toUnlistedMessage);
    // They are read newest first; events of equal time must stay in log order.
    messages.reverse().sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
    return { messages, knownFrom: isAnyKnown === 0 ? Infinity : from === null ? -Infinity : Number(from) };
  }

  async interactionMetrics(conversationId: string): Promise<Handling> {
    const located = this.keys.conversation({ conversationId });
    const [summary, events] = await readMetricsScript.run(this.commands, located, METRICS_EVENT_TYPES);
    const earlier = summary === null ? [] : (JSON.parse(summary) as Handling);
    return foldHandling(
      earlier,
      events.map((json) => decodeEvent(json)),
    );
  }

  /** One event, as JSON, of each conversation with events stored since then. */
  async #listActiveIn(located: Located, stored: number): Promise<string[]> {
    const active = await listActiveScript.run(this.commands, located, stored * 1_000, CLOCK_SKEW_MS * 1_000);
    const named = active.map(([position, conversation]) => ({ position, conversation }));
    const found = await readEntries(this.commands, located.base, named);
    return found.flatMap((each) => (typeof each === 'string' ? [] : [each[0]]));
  }

  #toStoredEvent(conversationId: string, [position, json, identity]: EntryReply): StoredEvent {
    return {
      event: decodeEvent(json),
      cursor: this.cursors.encode({ conversationId }, [position]),
      identity: decodeMessageIdentity(identity),
    };
  }
}

/** The message of an entry, unless history has listed it. */
function toUnlistedMessage([, json, stored]: EntryReply): UnlistedMessage[] {
  const identity = decodeMessageIdentity(stored);
  if (identity?.listedId !== null) return [];
  const { occurredAt, receivedAt } = decodeEvent(json);
  return [{ identity, occurredAt, receivedAt }];
}
