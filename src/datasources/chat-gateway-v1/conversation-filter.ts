import type { ConversationSelection, ConversationStatus } from '../../domain/conversation-filter.js';
import { UnsupportedByUpstreamError } from '../../domain/errors.js';
import { fiql } from './fiql.js';
import type { Constraint } from './fiql.js';

/** Our names of states, and the contract's. */
const STATES: Readonly<Record<ConversationStatus, string>> = { CREATED: 'created', OPEN: 'active', IDLE: 'idle' };

/**
 * The filter of a list of conversations; null for none. The contract documents no selector: these are assumed, and `doctor` checks whether a tenant
 * accepts them. Throws `UnsupportedByUpstreamError` for properties of customers and for an order, which the contract offers no way to ask for.
 */
export function conversationFilter({ filter, orderBy }: ConversationSelection): string | null {
  if (orderBy !== null) throw new UnsupportedByUpstreamError('The contact centre cannot order conversations by their creation.');
  const { channelId, status, customerId, email, properties } = filter;
  if (properties.length > 0) throw new UnsupportedByUpstreamError('The contact centre cannot filter by properties of customers.');
  const wanted: readonly (readonly [string, string | null])[] = [
    ['channelId', channelId],
    ['state', status === null ? null : STATES[status]],
    ['user.userId', customerId],
    ['user.email', email],
  ];
  return fiql(wanted.flatMap(([selector, value]): Constraint[] => (value === null ? [] : [[selector, value]])));
}
