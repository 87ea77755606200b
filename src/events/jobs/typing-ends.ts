import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { ParticipantRecord } from '../../domain/conversation.js';
import type { ConversationEvent, EventType } from '../../domain/event.js';
import type { EventLog } from '../port/event-log.js';
import type { LogSubscription } from '../port/log-subscription.js';
import type { Delivery } from '../port/stored-event.js';
import { TYPING_TTL_MS } from '../port/typing-store.js';

type TypingChanged = ConversationEvent<'TYPING_CHANGED'>;

/** Types of events that may end somebody's typing. */
const ENDING_TYPES: readonly EventType[] = ['TYPING_CHANGED', 'MESSAGE_ADDED', 'AGENT_LEFT', 'CUSTOMER_LEFT', 'INTERACTION_ENDED'];

export interface TypingEndsOptions {
  readonly log: Pick<EventLog, 'publish' | 'subscribe'>;
  readonly clock: Clock;
  /** How long a participant counts as typing without a further event, in milliseconds. */
  readonly ttlMs?: number | undefined;
}

/**
 * Publishes typing, and its end where the contact centre sends none: on the author's message, when they leave, and after a timeout. The
 * gateway that published the last change follows that conversation until nobody types, so the end is published once, however many gateways
 * there are.
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
  readonly #published = new WeakSet<ConversationEvent>();
  readonly #subscribed: Promise<LogSubscription | null>;
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(
    private readonly conversationId: string,
    private lastChange: TypingChanged,
    private readonly options: TypingEndsOptions,
    private readonly onEnd: () => void,
  ) {
    this.#published.add(lastChange);
    // Before the event is published, so that nothing after it is missed. Without a subscription, only the timeout ends it.
    this.#subscribed = options.log.subscribe({ conversationId }, { types: ENDING_TYPES }).catch(() => null);
    void this.#subscribed.then((subscription) => this.#attach(subscription));
    this.#startTimer();
  }

  /** A later change, which this gateway is about to publish. */
  renew(event: TypingChanged): void {
    this.#published.add(event);
    this.lastChange = event;
    this.#startTimer();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    void this.#subscribed.then((subscription) => subscription?.return());
    this.onEnd();
  }

  #attach(subscription: LogSubscription | null): void {
    subscription?.pipeTo({
      write: ({ event }) => {
        this.#onEvent(event);
        return null;
      },
      end: () => undefined,
    });
  }

  #onEvent(event: Delivery['event']): void {
    if (this.#isOver || this.#published.has(event)) return;
    // Published by another gateway, which follows the conversation from now on.
    if (event.type === 'TYPING_CHANGED') {
      this.end();
      return;
    }
    const { typing } = this.lastChange.data;
    const remaining = typing.filter((participant) => !endsTypingOf(participant, event));
    if (remaining.length < typing.length) this.#publish(remaining);
  }

  #publish(typing: readonly ParticipantRecord[]): void {
    const now = new Date(this.options.clock());
    const { conversationId } = this;
    this.lastChange = {
      id: randomUUID(),
      conversationId,
      occurredAt: now,
      receivedAt: now,
      source: 'GATEWAY',
      type: 'TYPING_CHANGED',
      data: { typing },
    };
    this.#published.add(this.lastChange);
    if (typing.length === 0) this.end();
    this.options.log.publish(this.lastChange);
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
      // A conversation has one customer, whose id differs between events.
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
