import type { ConversationSelection } from '../../domain/conversation-filter.js';
import type { ConversationStatus } from '../../domain/conversation-filter.js';
import { UnsupportedByUpstreamError } from '../../domain/errors.js';
import { readWindow } from '../paged-window.js';
import type { ReadPage } from '../paged-window.js';
import { unreadable } from '../upstream/upstream-errors.js';
import { propertyKey } from './customer.js';

/** Our names of states, and the contract's; where ours means several, one list after the other. */
const STATUSES: Readonly<Record<ConversationStatus, readonly string[]>> = {
  CREATED: ['created'],
  OPEN: ['pending', 'handling'],
  IDLE: ['deleted'],
};

/** What to ask for, so that the lists, one after the other, are what is wanted. */
export interface ListQueries {
  readonly queries: readonly Readonly<Record<string, string>>[];
  /** Turns each of them around. */
  readonly backwards: Readonly<Record<string, string>>;
}

/**
 * The lists that a selection is. Throws `UnsupportedByUpstreamError` for OPEN in order of creation: the upstream knows two states for it, each with a list of
 * its own; `BadUserInputError` for a property that would pass for a field.
 */
export function conversationLists({ filter, orderBy }: ConversationSelection): ListQueries {
  const { channelId, status, customerId, email, properties } = filter;
  if (status === 'OPEN' && orderBy !== null)
    throw new UnsupportedByUpstreamError('The contact centre cannot order open conversations by their creation: ask for one of the two.');
  const descending = orderBy?.direction === 'DESC';
  const wanted: readonly (readonly [string, string | null])[] = [
    ['channel-id', channelId],
    ['customer.customerId', customerId],
    ['customer.email', email],
    ...properties.map(({ key, value }) => [`customer.${propertyKey(key, ['filter', 'customer', 'properties'])}`, value] as const),
    ['order', descending ? 'desc' : null],
  ];
  const common = Object.fromEntries(wanted.filter((entry): entry is [string, string] => entry[1] !== null));
  const queries = status === null ? [common] : STATUSES[status].map((word) => ({ ...common, status: word }));
  return { queries, backwards: { order: descending ? 'asc' : 'desc' } };
}

/** Two lists read as one, the second behind the first. */
export function joinedPages<T>(first: ReadPage<T>, second: ReadPage<T>): ReadPage<T> {
  return async ({ size, page, reversed }) => {
    const [near, far] = reversed ? [second, first] : [first, second];
    const head = await near({ size, page, reversed });
    if (head.total === null) throw unreadable('a list without its length');
    const missing = size - head.items.length;
    const from = Math.max(0, page * size - head.total);
    const onward: ReadPage<T> = (request) => far({ ...request, reversed: request.reversed !== reversed });
    const tail = await readWindow(onward, { kind: 'first', count: Math.max(1, missing), from, before: null });
    return {
      items: [...head.items, ...tail.items.slice(0, missing)],
      total: tail.total === null ? null : head.total + tail.total,
    };
  };
}
