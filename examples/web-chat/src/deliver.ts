import { CombinedGraphQLErrors } from '@apollo/client';
import { codesOf } from 'chat-graphql-gateway-client';
import { ConversationDocument, SendMessageDocument } from 'chat-graphql-gateway-client/documents';
import { apollo, conversationVariables, refresh } from './apollo';
import type { Entry, Outcome } from './outbox';

/** Sends a message of the outbox, once. */
export async function deliver(conversationId: string, entry: Entry): Promise<Outcome> {
  try {
    if (entry.tried && (await hasArrived(conversationId, entry.clientMessageId))) return 'sent';
    const { clientMessageId, text, attachment } = entry;
    const { data } = await apollo.mutate({
      mutation: SendMessageDocument,
      variables: {
        input: {
          conversationId,
          clientMessageId,
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

async function hasArrived(conversationId: string, clientMessageId: string): Promise<boolean> {
  await refresh(conversationId);
  const known = apollo.readQuery({ query: ConversationDocument, variables: conversationVariables(conversationId) });
  return known?.conversation?.messages?.nodes.some((message) => message.clientMessageId === clientMessageId) ?? false;
}

/** What may pass is tried again; what the gateway has refused is not. */
const PASSING = new Set(['EVENT_LOG_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'RATE_LIMITED', 'UNAUTHENTICATED']);

function outcomeOf(error: unknown): Outcome {
  if (!CombinedGraphQLErrors.is(error)) return 'unreachable';
  const codes = codesOf(error);
  if (codes.includes('OUTCOME_UNKNOWN')) return 'unsure';
  return codes.some((code) => PASSING.has(code)) ? 'unreachable' : { refused: error.message };
}
