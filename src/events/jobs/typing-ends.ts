import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { ParticipantRecord } from '../../domain/conversation.js';
import type { ConversationEvent, EventType } from '../../domain/event.js';
import type { Delivery, EventLog, LogSubscription } from '../port/event-log.js';
import { TYPING_TTL_MS } from '../port/typing-store.js';

type TypingChanged = ConversationEvent<'TYPING_CHANGED'>;

/** What may end somebody's typing. */
const ENDING_TYPES: readonly EventType[] = ['TYPING_CHANGED', 'MESSAGE_ADDED', 'AGENT_LEFT', 'CUSTOMER_LEFT', 'INTERACTION_ENDED'];

export interface TypingEndsOptions {
  readonly log: Pick<EventLog, 'publish' | 'subscribe'>;
  readonly clock: Clock;
  /** How long somebody counts as typing without word that they stopped. */
  readonly ttlMs?: number | undefined;
}

/**
 * Publishes typing, and its end where the contact centre sends none: when the author's message is there, when they have left, and when nothing was heard of it for long.
 * Whichever gateway published the last change follows that conversation until nobody types, so the end is published once, however many gateways there are.
 */
export class TypingEnds {
  readonly #watches = new Map<string, TypingWatch>();

  constructor(private readonly options: TypingEndsOptions) {}

  publish(event: ConversationEvent): void {
    const { conversationId } = event;
    if (event.type === 'TYPING_CHANGED' && conversationId !== null) this.#follow(conversationId, event);
    this.options.log.publish(event);
  }

  close(): void {
    for (const watch of this.#watches.values()) watch.end();
  }

  #follow(conversationId: string, event: TypingChanged): void {
    const watch = this.#watches.get(conversationId);
    if (event.data.typing.length === 0) watch?.end();
    else if (watch !== undefined) watch.renew(event);
    else
      this.#watches.set(conversationId, new TypingWatch(conversationId, event, this.options, () => this.#watches.delete(conversationId)));
  }
}

/** Follows one conversation while somebody types in it. */
class TypingWatch {
  /** Published by this gateway. */
  readonly #own = new WeakSet<ConversationEvent>();
  readonly #subscribed: Promise<LogSubscription | null>;
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(
    private readonly conversationId: string,
    private current: TypingChanged,
    private readonly options: TypingEndsOptions,
    private readonly onOver: () => void,
  ) {
    this.#own.add(current);
    // Before the event is published: what comes after it must not be missed. Without a subscription, the time is all that ends it.
    this.#subscribed = options.log.subscribe({ conversationId }, { types: ENDING_TYPES }).catch(() => null);
    void this.#subscribed.then((subscription) => this.#take(subscription));
    this.#startTimer();
  }

  /** A later change, which this gateway is about to publish. */
  renew(event: TypingChanged): void {
    this.#own.add(event);
    this.current = event;
    this.#startTimer();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    void this.#subscribed.then((subscription) => subscription?.return());
    this.onOver();
  }

  #take(subscription: LogSubscription | null): void {
    subscription?.pipeTo({
      write: ({ event }) => {
        this.#see(event);
        return null;
      },
      end: () => undefined,
    });
  }

  #see(event: Delivery['event']): void {
    if (this.#isOver || this.#own.has(event)) return;
    // Published by another gateway, which follows it from now on.
    if (event.type === 'TYPING_CHANGED') {
      this.end();
      return;
    }
    const { typing } = this.current.data;
    const left = typing.filter((participant) => !endsTypingOf(participant, event));
    if (left.length < typing.length) this.#publish(left);
  }

  #publish(typing: readonly ParticipantRecord[]): void {
    const now = new Date(this.options.clock());
    const { conversationId } = this;
    this.current = { id: randomUUID(), conversationId, occurredAt: now, receivedAt: now, type: 'TYPING_CHANGED', data: { typing } };
    this.#own.add(this.current);
    if (typing.length === 0) this.end();
    this.options.log.publish(this.current);
  }

  #startTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#publish([]), this.options.ttlMs ?? TYPING_TTL_MS).unref();
  }
}

function endsTypingOf({ type, participantId }: ParticipantRecord, event: ConversationEvent): boolean {
  switch (event.type) {
    case 'MESSAGE_ADDED': {
      const { author } = event.data.message;
      // A conversation has one customer, whom not every event names alike.
      return author.type === type && (type === 'CUSTOMER' || author.participantId === participantId);
    }
    case 'AGENT_LEFT':
      return type === 'AGENT' && event.data.agent.agentId === participantId;
    case 'CUSTOMER_LEFT':
      return type === 'CUSTOMER';
    case 'INTERACTION_ENDED':
      return type === 'AGENT';
    default:
      return false;
  }
}
