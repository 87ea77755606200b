import { codesOf } from '../error-classification.js';
import { MessagesDocument, SendMessageDocument } from '../generated/graphql.js';
import type { Request } from '../request.js';
import type { Reader } from './conversation-state.js';
import type { MessagePage } from './message-window.js';
import type { Entry, Outcome } from './outbox.js';

export interface DeliveryOptions {
  readonly request: Request;
  readonly conversationId: string;
  readonly sendAs: Reader;
  /** Receives the newest messages, if they were read to find out whether the message has arrived. */
  readonly onMessages: (page: MessagePage) => void;
}

/** Sends a message of the outbox. May be repeated: the gateway sends a message once per idempotency key and repeats its first outcome. */
export async function deliver(options: DeliveryOptions, entry: Entry): Promise<Outcome> {
  const outcome = await send(options, entry);
  if (outcome !== 'unsure') return outcome;
  // The conversation may show what the gateway does not know.
  return hasArrived(options, entry.clientMessageId).catch(() => 'unreachable');
}

async function send({ request, conversationId, sendAs }: DeliveryOptions, entry: Entry): Promise<Outcome> {
  const { clientMessageId, idempotencyKey, text, attachment } = entry;
  const content = { ...(text === '' ? {} : { text }), ...(attachment === null ? {} : { attachmentIds: [attachment.id] }) };
  try {
    const { sendMessage } = await request(SendMessageDocument, {
      input: { conversationId, clientMessageId, idempotencyKey, sendAs, ...content },
    });
    if (sendMessage.userErrors.length === 0) return 'sent';
    return { refused: sendMessage.userErrors.map(({ message }) => message).join(' ') };
  } catch (error) {
    return outcomeOf(error);
  }
}

async function hasArrived({ request, conversationId, onMessages }: DeliveryOptions, clientMessageId: string): Promise<'sent' | 'unsure'> {
  const { conversation } = await request(MessagesDocument, { id: conversationId, last: 50 });
  if (!conversation?.messages) return 'unsure';
  onMessages(conversation.messages);
  return conversation.messages.nodes.some((message) => message.clientMessageId === clientMessageId) ? 'sent' : 'unsure';
}

/** Retried; all other errors are final. */
const RETRYABLE = new Set([
  'EVENT_LOG_UNAVAILABLE',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_BUSY',
  'UPSTREAM_TIMEOUT',
  'RATE_LIMITED',
  'UNAUTHENTICATED',
]);

/** The outcome of a failed mutation. */
export function outcomeOf(error: unknown): Exclude<Outcome, 'sent'> {
  const codes = codesOf(error);
  if (codes.length === 0) return 'unreachable';
  if (codes.includes('OUTCOME_UNKNOWN')) return 'unsure';
  return codes.some((code) => RETRYABLE.has(code)) ? 'unreachable' : { refused: error instanceof Error ? error.message : '' };
}
