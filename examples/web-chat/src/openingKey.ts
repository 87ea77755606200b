import type { CreateConversationInput } from 'chat-graphql-gateway-client/documents';
import { newKey } from './newKey';

const KEPT = 'chat.opening';

/**
 * The key under which a conversation is opened once, however often that is tried: the same for the same input, over a reload of the page too, until `settled`; another
 * one for another input.
 */
export function openingKey(input: Omit<CreateConversationInput, 'idempotencyKey'>): string {
  const asked = JSON.stringify(input);
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as { input: string; key: string } | null;
  if (kept?.input === asked) return kept.key;
  const key = newKey();
  sessionStorage.setItem(KEPT, JSON.stringify({ input: asked, key }));
  return key;
}

/** The gateway has told what became of it, if only that it cannot know: under the old key it would say so again. */
export const settled = (): void => sessionStorage.removeItem(KEPT);
