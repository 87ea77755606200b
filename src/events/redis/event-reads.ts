import { foldHandling } from '../../domain/interaction-metrics.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { toMessageIdentity } from '../../domain/message-identity.js';
import { decodeEvent } from '../port/event-codec.js';
import type { MissingFromHistory, UnlistedMessage } from '../port/event-log.js';
import type { StoredEvent } from '../port/stored-event.js';
import type { Piece } from './command-runner.js';
import type { Keys } from './keys.js';
import { decodeIdentity, decodeMessageIdentity, decodeWaiting } from './message-identity-codec.js';
import type { Cursors } from './positions.js';
import { METRICS_EVENT_TYPES } from './removal.js';
import type { Commands } from './script.js';
import { listMessagesScript, findByIdentityScript } from './scripts/message-identities.js';
import type { ReportedMessageReply } from './scripts/message-identities.js';
import { readConversationIds } from './scripts/inbox.js';
import { readMetricsScript } from './scripts/reading.js';
import type { EntryReply } from './scripts/reading.js';

/** How far Redis's clock may step back, in milliseconds, without an event being missed. */
const CLOCK_SKEW_MS = 300_000;

/** Conversations read at a time. */
const STEP = 500;

/** Reads of stored events other than pages. */
export class EventReads {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly cursors: Cursors,
  ) {}

  /** Step by step, so that nothing else has to wait for all of it. */
  async activeSince(stored: Date, piece: Piece): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const { base } of this.keys.all()) {
      for (let from = `${stored.getTime() * 1_000}`, count = STEP; count === STEP;) {
        const members = await piece(() => this.commands.zrange(`${base}kb`, from, '+inf', 'BYSCORE', 'LIMIT', 0, STEP, 'WITHSCORES'));
        const conversations = members.filter((_, index) => index % 2 === 0);
        count = conversations.length;
        if (count === 0) break;
        for (const id of await piece(() => readConversationIds(this.commands, base, conversations))) if (id !== null) found.add(id);
        from = `(${members.at(-1)}`;
      }
    }
    return [...found];
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
    const [reported, isAnyKnown, from] = await listMessagesScript.run(
      this.commands,
      located,
      stored.getTime() * 1_000,
      CLOCK_SKEW_MS * 1_000,
    );
    const messages = reported.flatMap(toUnlistedMessage);
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

  #toStoredEvent(conversationId: string, [position, json, identity]: EntryReply): StoredEvent {
    return {
      event: decodeEvent(json),
      cursor: this.cursors.encode({ conversationId }, [position]),
      identity: decodeMessageIdentity(identity),
    };
  }
}

/** A message that an event has reported, unless history has listed it: its identity has the event's time. */
function toUnlistedMessage([received, stored]: ReportedMessageReply): UnlistedMessage[] {
  if (stored === null) return [];
  const { id, listedId, clientMessageId, occurredAt } = decodeIdentity(stored);
  if (listedId !== null) return [];
  const receivedAt = new Date(Number(received));
  return [{ identity: { id, listedId, clientMessageId }, occurredAt: occurredAt === null ? receivedAt : new Date(occurredAt), receivedAt }];
}
