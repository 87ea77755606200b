/** ANONYMOUS: nobody we know. CUSTOMER: its own conversations. SERVICE: all conversations. ADMIN: channels and webhooks too. */
export type ViewerRole = 'ANONYMOUS' | 'CUSTOMER' | 'SERVICE' | 'ADMIN';

/** Who asks. */
export interface Viewer {
  readonly role: ViewerRole;
  /** The token's `sub`; null without a token. */
  readonly subject: string | null;
  /** Vendor ids of the only conversations that may be seen; null: not limited to some. */
  readonly conversationIds: readonly string[] | null;
  readonly expiresAt: Date | null;
}

/** Everyone, where `AUTH` is `off`. */
export const EVERYONE_IS_ADMIN: Viewer = { role: 'ADMIN', subject: null, conversationIds: null, expiresAt: null };
