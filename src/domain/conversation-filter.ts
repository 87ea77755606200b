import type { Property } from './customer.js';

/** The upstream's own notion of where a conversation stands. OPEN: an interaction goes on, or is about to. */
export type ConversationStatus = 'CREATED' | 'OPEN' | 'IDLE';

/** Which conversations are wanted: those that are all of it. Null: no matter. */
export interface ConversationFilter {
  readonly channelId: string | null;
  readonly status: ConversationStatus | null;
  readonly customerId: string | null;
  readonly email: string | null;
  /** Of the customer; none: no matter. */
  readonly properties: readonly Property[];
}

export interface ConversationOrder {
  readonly field: 'CREATED_AT';
  readonly direction: 'ASC' | 'DESC';
}

/** A list of conversations: which, and in what order (null: the upstream's own). */
export interface ConversationSelection {
  readonly filter: ConversationFilter;
  readonly orderBy: ConversationOrder | null;
}

/** All of them, as the upstream lists them. */
export const ALL_CONVERSATIONS: ConversationSelection = {
  filter: { channelId: null, status: null, customerId: null, email: null, properties: [] },
  orderBy: null,
};
