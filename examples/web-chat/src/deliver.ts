import { CombinedGraphQLErrors } from '@apollo/client';
import { codesOf } from 'chat-graphql-gateway-client';
import { ConversationDocument, SendMessageDocument } from 'chat-graphql-gateway-client/documents';
import { apollo, conversationVariables, refresh } from './apollo';
import type { Entry, Outcome } from './outbox';

/** Sends a message of the outbox. May be repeated: the gateway sends a message once per idempotency key and repeats its first outcome. */
export async function deliver(conversationId: string, entry: Entry): Promise<Outcome> {
  const outcome = await send(conversationId, entry);
  if (outcome !== 'unsure') return outcome;
  // The conversation may show what the gateway does not know.
  return hasArrived(conversationId, entry.clientMessageId).catch(() => 'unreachable');
}

async function send(conversationId: string, { clientMessageId, idempotencyKey, text, attachment }: Entry): Promise<Outcome> {
  try {
    const { data } = await apollo.mutate({
      mutation: SendMessageDocument,
      variables: {
        input: {
          conversationId,
          clientMessageId,
          idempotencyKey,
          sendAs: 'CUSTOMER',
          ...(text === '' ? {} : { text }),
          ...(attachment === null ? {} : { attachmentIds: [attachment.id] }),
        },
      },
    });
    const problems = data?.sendMessage.userErrors ?? [];
    return problems.length === 0 ? 'sent' : { refused: problems.map(({ message }) => message).join(' ') };
  } catch (error) {
    return outcomeOf(error);
  }
}

async function hasArrived(conversationId: string, clientMessageId: string): Promise<'sent' | 'unsure'> {
  await refresh(conversationId);
  const known = apollo.readQuery({ query: ConversationDocument, variables: conversationVariables(conversationId) });
  const messages = known?.conversation?.messages?.nodes ?? [];
  return messages.some((message) => message.clientMessageId === clientMessageId) ? 'sent' : 'unsure';
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
  if (!CombinedGraphQLErrors.is(error)) return 'unreachable';
  const codes = codesOf(error);
  if (codes.includes('OUTCOME_UNKNOWN')) return 'unsure';
  return codes.some((code) => RETRYABLE.has(code)) ? 'unreachable' : { refused: error.message };
}
