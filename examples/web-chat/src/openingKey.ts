import type { CreateConversationInput } from 'chat-graphql-gateway-client/documents';
import { newKey } from 'chat-graphql-gateway-client';
import { session } from './storage';

const KEPT = 'chat.opening';

/**
 * The idempotency key that opens a conversation once, however often it is retried: the same for the same input, also across reloads, until `settled`; a new one for other input.
 */
export function openingKey(input: Omit<CreateConversationInput, 'idempotencyKey'>): string {
  const asked = JSON.stringify(input);
  const kept = JSON.parse(session.getItem(KEPT) ?? 'null') as { input: string; key: string } | null;
  if (kept?.input === asked) return kept.key;
  const key = newKey();
  session.setItem(KEPT, JSON.stringify({ input: asked, key }));
  return key;
}

/** Forgets the key once the gateway has reported an outcome, even an unknown one: with the old key it would repeat it. */
export const settled = (): void => session.removeItem(KEPT);
