import { createHash } from 'node:crypto';
import type { RequestContext } from '../context/request-context.js';
import type { ConversationSelection } from '../domain/conversation-filter.js';
import { BadUserInputError } from '../domain/errors.js';
import type { ConversationFilter } from '../schema/conversation-filter.js';
import type { ConversationOrder } from '../schema/conversation-order.js';
import { channelArgument, labelArgument, requireUnicode } from './arguments.js';
import { requireCapability } from './require-capability.js';
import { MAX_PROPERTIES } from './user-errors.js';

/**
 * The filter and order of a list of conversations. Empty objects and lists filter nothing. Throws `UnsupportedByUpstreamError` if the upstream lacks a capability,
 * and `BadUserInputError` that names an invalid argument.
 */
export function toSelection(
  context: Pick<RequestContext, 'api'>,
  filter: ConversationFilter | null | undefined,
  orderBy: ConversationOrder | null | undefined,
): ConversationSelection {
  const properties = filter?.customer?.properties ?? [];
  if (filter?.status) requireCapability(context, 'FILTER_BY_STATE');
  if (properties.length > 0) requireCapability(context, 'FILTER_BY_PROPERTY');
  if (orderBy) requireCapability(context, 'ORDER_BY_CREATION');
  if (properties.length > MAX_PROPERTIES) {
    throw new BadUserInputError(`\`filter.customer.properties\` must hold at most ${MAX_PROPERTIES} properties; got ${properties.length}.`);
  }
  for (const { key, value } of properties) requireUnicode('filter.customer.properties', `${key} ${value}`);
  requireOneValueEach(properties);
  return {
    filter: {
      channelId: channelArgument('filter.channelId', filter?.channelId),
      status: filter?.status ?? null,
      customerId: labelArgument('filter.customer.customerId', filter?.customer?.customerId),
      email: labelArgument('filter.customer.email', filter?.customer?.email),
      properties: properties.map(({ key, value }) => ({ key, value })),
    },
    orderBy: orderBy ? { field: orderBy.field, direction: orderBy.direction } : null,
  };
}

/** The upstream takes one value of each property, as a customer has one: with two, no customer is both. */
function requireOneValueEach(properties: readonly { readonly key: string; readonly value: string }[]): void {
  const values = new Map<string, string>();
  for (const { key, value } of properties) {
    if ((values.get(key) ?? value) !== value)
      throw new BadUserInputError(`\`filter.customer.properties\` holds ${JSON.stringify(key)} with two values; a customer has one.`);
    values.set(key, value);
  }
}

/** The name of the list that a selection is, for its cursors: one selection, one list. */
export function cursorNamespace({ filter, orderBy }: ConversationSelection): string {
  const { channelId, status, customerId, email, properties } = filter;
  const wanted = [channelId, status, customerId, email, properties.map(({ key, value }) => [key, value]), orderBy?.direction ?? null];
  if (wanted.every((part) => part === null || (Array.isArray(part) && part.length === 0))) return 'conversations';
  return `conversations:${createHash('sha256').update(JSON.stringify(wanted)).digest('base64url').slice(0, 16)}`;
}
