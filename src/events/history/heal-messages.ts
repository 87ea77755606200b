import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.js';
import { healedMessageId } from '../../domain/healing.js';
import { derivedId } from '../../domain/message-identity.js';
import type { MessageRecord, NamedMessage } from '../../domain/message.js';
import type { HealingDecision } from '../../domain/healing.js';
import type { Appended, EventLog, HealingEvent, HealingOutcome } from '../port/event-log.js';
import { DueMessages, MAX_GROUP_SIZE } from './due-messages.js';

export interface MessageHealerOptions {
  readonly log: Pick<EventLog, 'decideHealing' | 'heal'>;
  /** Assigns identities to listed messages, in the same order (`MessageHistory.identify`). */
  readonly identify: (conversationId: string, records: readonly MessageRecord[]) => Promise<readonly NamedMessage[]>;
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
   * Messages from then on are expected to have events, though no event of the conversation is stored that is older. Must be later than the
   * history that a conversation was created with.
   */
  readonly since?: Date | null;
  /** Appends nothing; `healed` is how many would be. */
  readonly dryRun?: boolean;
}

export interface HealedMessages {
  /** How many events were appended. */
  readonly healed: number;
  /** How many messages may have to be healed later: too recent, or possibly reported by an unlisted event. */
  readonly pending: number;
}

/** A listed message that has no event as far as its identity shows. */
interface Candidate extends NamedMessage {
  readonly createdAt: Date;
}

/** How many messages are remembered for which nothing is to be done, and for how long: 1 h. */
const MAX_SETTLED = 100_000;
const SETTLED_TTL_MS = 3_600_000;

/** Appends the events of messages that the upstream's list shows and no event has reported. */
export class MessageHealer {
  readonly #due: DueMessages<Candidate>;
  /** Ids in the list, by conversation. Also of messages that are being healed. */
  readonly #settled = new LRUCache<string, Set<string>>({ maxSize: MAX_SETTLED, sizeCalculation: ({ size }) => size, ttl: SETTLED_TTL_MS });

  constructor(private readonly options: MessageHealerOptions) {
    this.#due = new DueMessages(options.clock, (groups) => this.#healInBackground(groups));
  }

  /**
   * Heals what is overdue of messages read from the upstream's list, in the list's order; resolves once it is stored. Rejects as `EventLog.heal` does.
   */
  async healMessages(
    conversationId: string,
    records: readonly MessageRecord[],
    { since = null, dryRun = false }: HealMessagesOptions = {},
  ): Promise<HealedMessages> {
    const candidates = this.#candidatesOf(await this.options.identify(conversationId, records));
    const overdue = candidates.filter((message) => this.#dueAt(message) <= this.options.clock());
    const outcomes: (HealingOutcome | HealingDecision)[] = [];
    for (let from = 0; from < overdue.length; from += MAX_GROUP_SIZE) {
      const page = overdue.slice(from, from + MAX_GROUP_SIZE);
      const decisions = await this.#decide(page, since);
      outcomes.push(...(dryRun ? decisions : await this.#store(page, decisions, since)));
    }
    const healed = outcomes.filter((outcome) => outcome === 'OVERDUE' || typeof outcome !== 'string').length;
    const uncertain = outcomes.filter((outcome) => outcome === 'UNCERTAIN').length;
    return { healed, pending: candidates.length - overdue.length + uncertain };
  }

  /** Heals, later and without delay to the caller, what is overdue of messages that a query has read of a conversation, and what gets overdue. */
  observe(conversationId: string, messages: readonly NamedMessage[]): void {
    const settled = this.#settled.get(conversationId);
    const candidates = this.#candidatesOf(messages, settled).filter((message) =>
      this.#due.add(conversationId, message, this.#dueAt(message)),
    );
    if (candidates.length > 0) this.#settled.set(conversationId, new Set([...(settled ?? []), ...candidates.map(toListedId)]));
  }

  /** Resolves once what is overdue by now is stored or has failed. Nothing is observed any more. */
  close(): Promise<void> {
    return this.#due.close();
  }

  #dueAt({ createdAt }: Candidate): number {
    return createdAt.getTime() + this.options.afterMs;
  }

  #candidatesOf(messages: readonly NamedMessage[], settled: ReadonlySet<string> = NONE): Candidate[] {
    const oldest = this.options.clock() - this.options.reachMs;
    return messages.filter(
      (message): message is Candidate =>
        message.createdAt !== null &&
        message.createdAt.getTime() > oldest &&
        message.identity.listedId !== null &&
        !settled.has(message.identity.listedId) &&
        // The others are known from their events.
        message.identity.id === derivedId(message.identity.listedId),
    );
  }

  /** Asked first, for messages of one conversation: it costs little, and most of them need no event. */
  async #decide(messages: readonly Candidate[], since: Date | null): Promise<readonly HealingDecision[]> {
    const conversationId = messages[0]?.conversationId ?? '';
    const asked = messages.map((content) => ({ listedId: toListedId(content), createdAt: content.createdAt, content }));
    return this.options.log.decideHealing({ conversationId, since, messages: asked });
  }

  /** Stores the events of those that are overdue, in their order. The outcomes of all, in the same order. Once none is on its way any more, it rejects if any could not be stored. */
  async #store(
    messages: readonly Candidate[],
    decisions: readonly HealingDecision[],
    since: Date | null,
  ): Promise<readonly (HealingOutcome | HealingDecision)[]> {
    const overdue = messages.filter((_message, index) => decisions[index] === 'OVERDUE');
    if (overdue.length === 0) return decisions;
    const conversationId = overdue[0]?.conversationId ?? '';
    const stored = this.options.log.heal({ conversationId, since, messages: overdue.map((message) => this.#toHealingEvent(message)) });
    const outcomes = stored.map(async (promise) => {
      const outcome = await promise;
      if (typeof outcome !== 'string') this.options.onHealed?.(outcome);
      return outcome;
    });
    await Promise.allSettled(outcomes);
    const settled = (await Promise.all(outcomes)).values();
    return decisions.map((decision) => (decision === 'OVERDUE' ? (settled.next().value ?? decision) : decision));
  }

  /** All are decided in parallel, and what is overdue is stored one conversation after the other, so that users' calls to the log do not wait for long. */
  async #healInBackground(groups: readonly (readonly Candidate[])[]): Promise<void> {
    const decided = groups.map((messages) => ({ messages, decisions: this.#decide(messages, null) }));
    for (const { decisions } of decided) decisions.catch(() => undefined);
    for (const { messages, decisions } of decided) {
      try {
        const outcomes = await this.#store(messages, await decisions, null);
        for (const [index, message] of messages.entries()) if (outcomes[index] === 'UNCERTAIN') this.#lookAgain(message);
      } catch (error) {
        for (const message of messages) this.#lookAgain(message);
        this.options.onError?.(error, messages[0]?.conversationId ?? '');
      }
    }
  }

  #lookAgain(message: Candidate): void {
    this.#settled.get(message.conversationId)?.delete(toListedId(message));
  }

  #toHealingEvent(message: Candidate): HealingEvent {
    const { conversationId, identity, createdAt, author, text, attachments, cards, externalProvider = null } = message;
    const listedId = toListedId(message);
    return {
      listedId,
      event: {
        id: healedMessageId(conversationId, listedId),
        conversationId,
        occurredAt: createdAt,
        receivedAt: new Date(this.options.clock()),
        source: 'HISTORY',
        type: 'MESSAGE_ADDED',
        // Bots have no other way to send than the API; a customer's message was certainly sent by it where we sent it.
        data: {
          message: { author, text, attachments, cards, externalProvider },
          isEcho: author.type === 'BOT' || identity.clientMessageId !== null,
        },
      },
    };
  }
}

const NONE: ReadonlySet<string> = new Set();
const toListedId = ({ identity }: Candidate): string => identity.listedId ?? '';
