import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import { ownEventId } from '../../domain/occurrence-times.js';
import type { MessageContent } from '../../domain/message.js';
import type { Appended, EventLog } from '../port/event-log.js';

/** A message as it is sent. */
export interface SentMessage {
  readonly sender: 'CUSTOMER' | 'BOT';
  readonly text: string | null;
}

/** A message about to be sent, as the log has noted it. */
export interface RegisteredSend {
  /** By `expectEcho`. */
  readonly handle: string;
  readonly sentAt: Date;
}

/** What an upstream does for us and tells nobody of. */
export interface UpstreamWithoutEchoes<M extends SentMessage> {
  sendMessage(conversationId: string, message: M): Promise<void>;
  leaveAsCustomer(conversationId: string): Promise<void>;
  /** Whether an interaction goes on, or is about to; null where it cannot be told. */
  isOpen(conversationId: string): Promise<boolean | null>;
}

export interface EchoSynthesizerOptions<M extends SentMessage> {
  readonly upstream: UpstreamWithoutEchoes<M>;
  readonly log: Pick<EventLog, 'append'>;
  readonly clock: Clock;
  readonly onAppended: (appended: Appended) => void;
  /** What was done cannot be told: it is done all the same. */
  readonly onFault: (error: unknown, conversationId: string) => void;
}

/** An event without its envelope. */
type NewEventBody = WithoutEnvelope<ConversationEvent<'MESSAGE_ADDED'>> | WithoutEnvelope<ConversationEvent<'CUSTOMER_LEFT'>>;
type WithoutEnvelope<E extends ConversationEvent> = Pick<E, 'occurredAt' | 'type' | 'data'>;

/** Whom the contact centre calls by these words, instead of ids. */
const AUTHOR_IDS: Readonly<Record<SentMessage['sender'], string>> = { CUSTOMER: 'user', BOT: 'bot' };

/**
 * Does what is asked for, and appends the event that tells of it once the upstream has accepted it, in front of an upstream whose own events are silent about that. An
 * event that cannot be stored then fails nobody: to answer that a message was not sent would have it sent twice.
 */
export class EchoSynthesizer<M extends SentMessage = SentMessage> {
  readonly #leaving = new Set<string>();

  constructor(private readonly options: EchoSynthesizerOptions<M>) {}

  /** Rejects as the upstream's call does. `sent`: as it was noted with `expectEcho`, so that the event is known to be its echo. */
  async sendMessage(conversationId: string, message: M, { handle, sentAt }: RegisteredSend): Promise<void> {
    await this.options.upstream.sendMessage(conversationId, message);
    const echo = { occurredAt: sentAt, type: 'MESSAGE_ADDED', data: { message: contentOf(message), isEcho: true } } as const;
    await this.#tell(conversationId, echo, handle);
  }

  /** Rejects as the upstream's call does. Nothing is told where there was nothing to leave. */
  async leaveAsCustomer(conversationId: string): Promise<void> {
    const { upstream, clock } = this.options;
    const wasOpen = await upstream.isOpen(conversationId);
    this.#leaving.add(conversationId);
    try {
      const occurredAt = new Date(clock());
      await upstream.leaveAsCustomer(conversationId);
      if (wasOpen !== false) await this.#tell(conversationId, { occurredAt, type: 'CUSTOMER_LEFT', data: {} });
    } finally {
      this.#leaving.delete(conversationId);
    }
  }

  /** Its customer is leaving, and the event that tells so is not there yet: who ended the interaction is not to be judged by the agent's leaving alone. */
  isLeaving(conversationId: string): boolean {
    return this.#leaving.has(conversationId);
  }

  async #tell(conversationId: string, told: NewEventBody, echoOf?: string): Promise<void> {
    const { log, clock, onAppended, onFault } = this.options;
    try {
      const event = { id: ownEventId(randomUUID()), conversationId, receivedAt: new Date(clock()), ...told };
      onAppended(await log.append(event, echoOf));
    } catch (error) {
      onFault(error, conversationId);
    }
  }
}

function contentOf({ sender, text }: SentMessage): MessageContent {
  const author = { participantId: AUTHOR_IDS[sender], type: sender, name: null, language: null, removed: null } as const;
  return { author, text, attachments: [], cards: [] };
}
