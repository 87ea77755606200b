import type { Conversation } from '../centre/records.js';
import { InvalidRequest } from '../http/fields.js';
import { FiqlFault, parseFiql } from './fiql.js';
import type { Predicate, Selectors } from './fiql.js';

/** By what conversations can be filtered. The contract does not tell; these are those that clients may hope for. */
const SELECTORS: Selectors<Conversation> = {
  channelId: ({ channelId }) => channelId,
  state: ({ state }) => state,
  'user.userId': ({ customer }) => customer.fields.userId,
  'user.email': ({ customer }) => customer.fields.email,
};

/** Which conversations a list's `filter` parameter lets through: all, where there is none. @throws InvalidRequest */
export function readConversationFilter(filter: unknown): Predicate<Conversation> {
  if (filter === undefined) return () => true;
  const fault = (message: string) => new InvalidRequest([{ field: 'filter', code: 'unknown_value', value: filter, message }]);
  if (typeof filter !== 'string') throw fault('can be given once only');
  try {
    return parseFiql(filter, SELECTORS);
  } catch (error) {
    throw error instanceof FiqlFault ? fault(error.message) : error;
  }
}
