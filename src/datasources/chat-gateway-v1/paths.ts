import { NotFoundError } from '../../domain/errors.js';
import { resourcePath } from '../upstream/resource-path.js';

const BASE = '/chat-gateway/v1';
const NO_CONVERSATION = 'There is no such conversation.';

export const CHANNELS = `${BASE}/channels`;
export const CONVERSATIONS = `${BASE}/conversations`;
export const WEBHOOKS = `${BASE}/webhooks`;
export const VERIFY_WEBHOOK = `${WEBHOOKS}/verify`;

/** The path of one channel; null where no channel can have this id. */
export function channelPath(channelId: string): string | null {
  return under(CHANNELS, channelId);
}

/** The path of one webhook; null where no webhook can have this id. */
export function webhookPath(webhookId: string): string | null {
  return under(WEBHOOKS, webhookId);
}

/** The path of a conversation, or of a part of it; null where an id among them is none. */
export function conversationPath(conversationId: string, ...parts: readonly string[]): string | null {
  return under(CONVERSATIONS, conversationId, ...parts);
}

/** The path of a webhook signing key's public half; null where no key can have this id. */
export function publicKeyPath(kid: string): string | null {
  return under(`${BASE}/jwk`, kid, 'public');
}

/** What a change of a conversation calls. Throws `NotFoundError` where there can be no conversation of this id. */
export function changedConversation(conversationId: string, ...parts: readonly string[]): { path: string; notFound: string } {
  const path = conversationPath(conversationId, ...parts);
  if (path === null) throw new NotFoundError(NO_CONVERSATION);
  return { path, notFound: NO_CONVERSATION };
}

/** The path of what is done with a card, which is the only thing that lies elsewhere. Throws `NotFoundError` where there can be no such card. */
export function cardActionPath(tenant: string, conversationId: string, cardId: string, action: string): { path: string; notFound: string } {
  const path = resourcePath('tenant', tenant, 'conversations', conversationId, 'cards', cardId, action);
  const notFound = 'There is no such card.';
  if (path === null) throw new NotFoundError(notFound);
  return { path: `/api/v1${path}`, notFound };
}

function under(base: string, ...parts: readonly string[]): string | null {
  const path = resourcePath(...parts);
  return path === null ? null : base + path;
}
