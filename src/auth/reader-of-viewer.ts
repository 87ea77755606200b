import type { InboxReader } from '../domain/inbox-reader.js';
import type { Viewer } from './viewer.js';

/** The customer of a conversation reads it as one, whichever tokens speak for it. */
export const CUSTOMER_READER: InboxReader = { key: 'CUSTOMER', author: 'CUSTOMER' };

/** As whom a viewer reads conversations: as their customer, or under its token's `sub`, in whatever role. Viewers without a `sub` share the markers of their role. */
export function readerOfViewer({ role, subject }: Pick<Viewer, 'role' | 'subject'>): InboxReader {
  if (role === 'CUSTOMER') return CUSTOMER_READER;
  return { key: subject === null ? `ROLE ${role}` : `SUB ${subject}`, author: 'BOT' };
}
