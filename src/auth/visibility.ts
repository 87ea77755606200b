import type { Viewer } from './viewer.js';

/** What decides who may see a conversation. */
export interface OwnedConversation {
  readonly conversationId: string;
  readonly customer: { readonly customerId: string | null };
}

/** Whether a viewer sees a conversation, as far as the token alone decides; null if that depends on whose it is. */
export function visibleByToken({ role, conversationIds, customerId }: Viewer, conversationId: string): boolean | null {
  if (role === 'SERVICE' || role === 'ADMIN') return true;
  if (role !== 'CUSTOMER') return false;
  if (conversationIds?.includes(conversationId) === true) return true;
  return customerId === null ? false : null;
}

/** Whether a viewer sees a conversation that is at hand. */
export function canView(viewer: Viewer, { conversationId, customer }: OwnedConversation): boolean {
  return visibleByToken(viewer, conversationId) ?? customer.customerId === viewer.customerId;
}
