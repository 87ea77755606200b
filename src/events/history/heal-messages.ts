import type { Clock } from '../../domain/clock.js';
import type { MessageRecord, NamedMessage } from '../../domain/message.js';
import type { Appended, EventLog } from '../port/event-log.js';

export interface MessageHealerOptions {
  readonly log: Pick<EventLog, 'heal'>;
  /** Assigns identities to listed messages, in the same order (`MessageHistory.name`). */
  readonly name: (conversationId: string, records: readonly MessageRecord[]) => Promise<readonly NamedMessage[]>;
  readonly clock: Clock;
  /** How long an event may be on its way before it counts as missing, in milliseconds. */
  readonly afterMs: number;
  /** Up to which age messages are healed, in milliseconds (`healingReachMs`). */
  readonly reachMs: number;
  /** Called with each event that was appended. */
  readonly onHealed?: (appended: Appended) => void;
  /** Called when messages that a query read could not be healed; the next reader tries again. */
  readonly onError?: (error: unknown, conversationId: string) => void;
}

export interface HealMessagesOptions {
  /**
   * Messages from then on are expected to have events, though no event of the conversation is stored that is older. Must be later than the history that a conversation was
   * created with.
   */
  readonly since?: Date | null;
  /** Appends nothing; `healed` is how many would be. */
  readonly dryRun?: boolean;
}

export interface HealedMessages {
  /** How many events were appended. */
  readonly healed: number;
  /** How many messages may have to be healed later: too recent, or not told apart from the event of another. */
  readonly pending: number;
}

/** Appends the events of messages that the upstream's list shows and no event has reported. */
export class MessageHealer {
  constructor(private readonly options: MessageHealerOptions) {}

  /** Heals what is overdue of messages read from the upstream's list, in the list's order. Rejects as `EventLog.heal` does. */
  healMessages(_conversationId: string, _records: readonly MessageRecord[], _options: HealMessagesOptions = {}): Promise<HealedMessages> {
    return Promise.reject(new Error(`not implemented: ${this.options.afterMs}`));
  }
}
