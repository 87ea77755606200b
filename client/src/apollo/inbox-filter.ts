import type { InboxFilter } from '../generated/graphql.js';

type Filter = InboxFilter | null | undefined;

/** The conditions of a filter as JSON, equal for equal filters; false where there are none. Null, false and an empty list are no conditions. */
export function filterKey(filter: Filter): string | false {
  const conditions = Object.entries(filter ?? {})
    .filter(([, value]) => value !== null && value !== undefined && value !== false && !isEmptyList(value))
    .map(([name, value]): [string, unknown] => [name, Array.isArray(value) ? [...(value as unknown[])].sort() : value])
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return conditions.length > 0 && JSON.stringify(Object.fromEntries(conditions));
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** The filter of a list in the cache, by its name there. */
export function filterOf(storeFieldName: string): InboxFilter {
  const start = storeFieldName.indexOf(':');
  return start === -1 ? {} : (JSON.parse(storeFieldName.slice(start + 1)) as InboxFilter);
}

/** Whether what is known of a conversation agrees with a filter: with its states and `unreadOnly`. What is not known agrees. */
export function agrees({ states, unreadOnly }: InboxFilter, field: (name: 'state' | 'unreadCount') => unknown): boolean {
  const state = states?.length ? field('state') : undefined;
  const isOfState = state === undefined || (states as readonly unknown[]).includes(state);
  return isOfState && !(unreadOnly === true && field('unreadCount') === 0);
}
