import type { ConversationRecord, UpstreamState } from './conversation.js';
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

const STATES: Readonly<Record<ConversationStatus, UpstreamState>> = { CREATED: 'CREATED', OPEN: 'ACTIVE', IDLE: 'IDLE' };

/** Those of a list at hand that are selected, in the order that is wanted; nulls are none. */
export function selected(all: readonly (ConversationRecord | null)[], { filter, orderBy }: ConversationSelection): ConversationRecord[] {
  const wanted = all.filter((record) => record !== null && isWanted(record, filter)) as ConversationRecord[];
  if (orderBy === null) return wanted;
  const sign = orderBy.direction === 'ASC' ? 1 : -1;
  return wanted.sort((one, other) => sign * ((one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0)));
}

function isWanted({ channelId, upstreamState, customer }: ConversationRecord, filter: ConversationFilter): boolean {
  return (
    (filter.channelId === null || filter.channelId === channelId) &&
    (filter.status === null || STATES[filter.status] === upstreamState) &&
    (filter.customerId === null || filter.customerId === customer.customerId) &&
    (filter.email === null || filter.email === customer.email) &&
    filter.properties.every(({ key, value }) => customer.properties.some((one) => one.key === key && one.value === value))
  );
}
