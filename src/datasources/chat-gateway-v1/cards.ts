import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { cardActionPath } from './paths.js';

/** What is done with a card, and in whose name, if known. */
export interface CardAction {
  readonly action: 'action-submit' | 'action-execute';
  readonly name: string | null;
}

/** Marks a card as submitted or executed, which the contact centre reports to everybody. Cards themselves are sent with their messages. */
export async function cardAction(
  client: UpstreamCalls,
  tenant: string,
  conversationId: string,
  cardId: string,
  { action, name }: CardAction,
): Promise<void> {
  const target = cardActionPath(tenant, conversationId, cardId, action);
  await client.change({ operation: `cards.${action}`, method: 'PUT', accepts: 204, ...target, body: name === null ? {} : { name } });
}
