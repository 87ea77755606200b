import type { FieldFunctionOptions, FieldPolicy, PossibleTypesMap, Reference, TypePolicies } from '@apollo/client/cache';
import generated from '../generated/possible-types.js';

/** A connection as it lies in the cache. */
interface Page {
  readonly nodes: readonly Reference[];
  readonly pageInfo?: Readonly<Record<string, unknown>>;
}

/** Which types an interface or a union stands for, so that fragments on it match. */
export const possibleTypes: PossibleTypesMap = generated.possibleTypes;

/** What Apollo Client's cache is to know of this schema: which lists grow, and which are replaced. */
export const typePolicies: TypePolicies = {
  Conversation: {
    fields: {
      messages: growing(['interactionId']),
      events: growing(['types']),
      interactions: { keyArgs: false },
    },
  },
  // The same card's id differs, or is missing, in events; it belongs to its message.
  Card: { keyFields: false },
};

/** A list that is read from its end, added to at its end by events, and read on towards its start. */
function growing(keyArgs: string[]): FieldPolicy<Page, Page, Page> {
  return { keyArgs, merge: mergePages };
}

/**
 * Pages by `before` go in front. A fresh look at the end takes the place of what it overlaps; what events have told since stays behind it. Where it does not
 * overlap with what was there, there may be a gap: then only the fresh one counts.
 */
function mergePages(existing: Page | undefined, incoming: Page, { args, readField }: FieldFunctionOptions): Page {
  if (existing === undefined || existing.nodes.length === 0) return incoming;
  const idOf = (node: Reference) => readField<string>('id', node);
  const fresh = new Set(incoming.nodes.map(idOf));
  if (typeof args?.['before'] === 'string') {
    const known = new Set(existing.nodes.map(idOf));
    return { ...incoming, nodes: [...incoming.nodes.filter((node) => !known.has(idOf(node))), ...existing.nodes] };
  }
  const first = existing.nodes.findIndex((node) => fresh.has(idOf(node)));
  if (first === -1) return incoming;
  const later = existing.nodes.slice(first).filter((node) => !fresh.has(idOf(node)));
  // What lies before the first page in the list was told by that page.
  const pageInfo = first === 0 ? incoming.pageInfo : existing.pageInfo;
  return {
    ...incoming,
    ...(pageInfo === undefined ? {} : { pageInfo }),
    nodes: [...existing.nodes.slice(0, first), ...incoming.nodes, ...later],
  };
}
