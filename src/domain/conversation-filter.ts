import type { ConversationRecord, UpstreamState } from './conversation.js';
import type { Property } from './customer.js';

/** The upstream's own status of a conversation. `OPEN`: an interaction is in progress, or about to start. */
export type ConversationStatus = 'CREATED' | 'OPEN' | 'IDLE';

/** A conversation matches if it matches every field; null matches any. */
export interface ConversationFilter {
  readonly channelId: string | null;
  readonly status: ConversationStatus | null;
  readonly customerId: string | null;
  readonly email: string | null;
  /** The customer has all of them; an empty list matches any. */
  readonly properties: readonly Property[];
}

export interface ConversationOrder {
  readonly field: 'CREATED_AT';
  readonly direction: 'ASC' | 'DESC';
}

/** Which conversations, and in what order; `orderBy` is null for the upstream's own order. */
export interface ConversationSelection {
  readonly filter: ConversationFilter;
  readonly orderBy: ConversationOrder | null;
}

/** All conversations, in the upstream's order. */
export const ALL_CONVERSATIONS: ConversationSelection = {
  filter: { channelId: null, status: null, customerId: null, email: null, properties: [] },
  orderBy: null,
};

const STATES: Readonly<Record<ConversationStatus, UpstreamState>> = { CREATED: 'CREATED', OPEN: 'ACTIVE', IDLE: 'IDLE' };

/** Applies a selection to a complete list; nulls are dropped. */
export function selected(all: readonly (ConversationRecord | null)[], { filter, orderBy }: ConversationSelection): ConversationRecord[] {
  const matching = all.filter((record) => record !== null && matches(record, filter)) as ConversationRecord[];
  if (orderBy === null) return matching;
  const sign = orderBy.direction === 'ASC' ? 1 : -1;
  return matching.sort((one, other) => sign * ((one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0)));
}

function matches({ channelId, upstreamState, customer }: ConversationRecord, filter: ConversationFilter): boolean {
  return (
    (filter.channelId === null || filter.channelId === channelId) &&
    (filter.status === null || STATES[filter.status] === upstreamState) &&
    (filter.customerId === null || filter.customerId === customer.customerId) &&
    (filter.email === null || filter.email === customer.email) &&
    filter.properties.every(({ key, value }) => customer.properties.some((one) => one.key === key && one.value === value))
  );
}
