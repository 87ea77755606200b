/** ANONYMOUS: nobody we know. CUSTOMER: its own conversations. SERVICE: all conversations. ADMIN: channels and webhooks too. */
export type ViewerRole = 'ANONYMOUS' | 'CUSTOMER' | 'SERVICE' | 'ADMIN';

/** Who asks. */
export interface Viewer {
  readonly role: ViewerRole;
  /** The token's `sub`; null without a token, and where it names none. */
  readonly subject: string | null;
  /** Vendor ids of the conversations that may be seen. Null if not limited to some, or, with a `customerId`, to those of that customer. */
  readonly conversationIds: readonly string[] | null;
  /** Conversations with this `Customer.customerId` may be seen, beside those listed. Null if none may be seen because of its customer. */
  readonly customerId: string | null;
  readonly expiresAt: Date | null;
  /** For limits and idempotency: the same for all tokens of one subject in one role. */
  readonly identity: string;
  /** Viewers of equal keys may see exactly the same. A subscription's results can be worked out once for all of them; when each one's token expires is not part of it. */
  readonly rightsKey: string;
}

const UNLIMITED = { subject: null, conversationIds: null, customerId: null, expiresAt: null };

/** Everyone, where `AUTH` is `off`. */
export const EVERYONE_IS_ADMIN: Viewer = { ...UNLIMITED, role: 'ADMIN', identity: 'ADMIN', rightsKey: 'ADMIN' };

/** Who sends no token, where `AUTH` is `jwt`. */
export const ANONYMOUS: Viewer = { ...UNLIMITED, role: 'ANONYMOUS', identity: 'ANONYMOUS', rightsKey: 'ANONYMOUS' };
