import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import { ownEventId } from '../../domain/occurrence-times.js';
import type { MessageContent } from '../../domain/message.js';
import type { Span } from '../../observability/tracing.js';
import type { EventLog } from '../port/event-log.js';
import type { Appended } from '../port/stored-event.js';

/** A message to send. */
export interface SentMessage {
  readonly sender: 'CUSTOMER' | 'BOT';
  readonly text: string | null;
}

/** A message about to be sent, as registered with the log. */
export interface RegisteredSend {
  /** From `registerPendingSend`. */
  readonly handle: string;
  readonly sentAt: Date;
}

/** An upstream that emits no events for what this gateway does. */
export interface UpstreamWithoutEchoes<M extends SentMessage> {
  sendMessage(conversationId: string, message: M): Promise<void>;
  leaveAsCustomer(conversationId: string): Promise<void>;
  /** Whether an interaction is open, or about to open; null if unknown. */
  isOpen(conversationId: string): Promise<boolean | null>;
}

export interface EchoSynthesizerOptions<M extends SentMessage> {
  /** The upstream, and what appends, for an operation; `span`: what both are steps of, null if nothing is traced. */
  readonly upstreamFor: (span: Span | null) => UpstreamWithoutEchoes<M>;
  readonly logFor: (span: Span | null) => Pick<EventLog, 'append'>;
  readonly clock: Clock;
  readonly onAppended: (appended: Appended) => void;
  /** Called when the event cannot be appended; the operation itself has succeeded. */
  readonly onAppendError: (error: unknown, conversationId: string, span: Span | null) => void;
}

/** An event without its envelope. */
type NewEventBody = WithoutEnvelope<ConversationEvent<'MESSAGE_ADDED'>> | WithoutEnvelope<ConversationEvent<'CUSTOMER_LEFT'>>;
type WithoutEnvelope<E extends ConversationEvent> = Pick<E, 'occurredAt' | 'type' | 'data'>;

/** Author ids that the contact centre uses for these senders. */
const AUTHOR_IDS: Readonly<Record<SentMessage['sender'], string>> = { CUSTOMER: 'user', BOT: 'bot' };

/**
 * Synthesizes events for an upstream that emits none for its callers' own operations: performs the operation, and appends its event once
 * the upstream has accepted it. A failed append does not fail the operation: reporting a sent message as failed would have it sent twice.
 */
export class EchoSynthesizer<M extends SentMessage = SentMessage> {
  readonly #leaving = new Set<string>();

  constructor(private readonly options: EchoSynthesizerOptions<M>) {}

  /** Rejects as the upstream's call does. `send`: as registered with `registerPendingSend`, so that the event is matched as its echo. */
  async sendMessage(conversationId: string, message: M, { handle, sentAt }: RegisteredSend, span: Span | null = null): Promise<void> {
    await this.options.upstreamFor(span).sendMessage(conversationId, message);
    const echo = { occurredAt: sentAt, type: 'MESSAGE_ADDED', data: { message: contentOf(message), isEcho: true } } as const;
    await this.#append(conversationId, echo, span, handle);
  }

  /** Rejects as the upstream's call does. Appends nothing if no interaction was open. */
  async leaveAsCustomer(conversationId: string, span: Span | null = null): Promise<void> {
    const { clock } = this.options;
    const upstream = this.options.upstreamFor(span);
    const wasOpen = await upstream.isOpen(conversationId);
    this.#leaving.add(conversationId);
    try {
      const occurredAt = new Date(clock());
      await upstream.leaveAsCustomer(conversationId);
      if (wasOpen !== false) await this.#append(conversationId, { occurredAt, type: 'CUSTOMER_LEFT', data: {} }, span);
    } finally {
      this.#leaving.delete(conversationId);
    }
  }

  /**
   * True while its customer is leaving and the event is not appended yet: who ended the interaction must not be judged by the agent's
   * leaving alone.
   */
  isLeaving(conversationId: string): boolean {
    return this.#leaving.has(conversationId);
  }

  async #append(conversationId: string, body: NewEventBody, span: Span | null, echoOf?: string): Promise<void> {
    const { logFor, clock, onAppended, onAppendError } = this.options;
    try {
      const event = { id: ownEventId(randomUUID()), conversationId, receivedAt: new Date(clock()), source: 'GATEWAY' as const, ...body };
      onAppended(await logFor(span).append(event, echoOf));
    } catch (error) {
      onAppendError(error, conversationId, span);
    }
  }
}

function contentOf({ sender, text }: SentMessage): MessageContent {
  const author = { participantId: AUTHOR_IDS[sender], type: sender, name: null, language: null, removed: null } as const;
  return { author, text, attachments: [], cards: [] };
}
