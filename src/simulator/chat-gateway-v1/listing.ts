import type { FastifyReply } from 'fastify';
import { InvalidRequest } from '../http/fields.js';
import { FiqlError, parseFiql } from './fiql.js';
import type { Predicate, Selectors } from './fiql.js';
import { sendPage } from './hal.js';
import { readPageRequest } from './page-request.js';

/** A list that can be filtered and sorted by its selectors; by default it is sorted by `id`. */
export interface Listing<T> {
  /** The list's name in the response. */
  readonly name: string;
  readonly selectors: Selectors<T>;
  readonly render: (item: T) => object;
}

/** Sends the page of a list selected by `filter`, `sort`, `size` and `page`. @throws InvalidRequest */
export function sendListing<T>(
  reply: FastifyReply,
  { filter, ...paging }: Readonly<Record<string, unknown>>,
  items: Iterable<T>,
  { name, selectors, render }: Listing<T>,
): FastifyReply {
  const page = readPageRequest(paging, { field: 'id', descending: false, others: Object.keys(selectors) });
  const valueOf = (item: T): string => selectors[page.sortBy]?.(item) ?? '';
  const wanted = [...items].filter(readFilter(filter, selectors));
  wanted.sort((one, other) => (valueOf(one) < valueOf(other) ? -1 : valueOf(one) > valueOf(other) ? 1 : 0));
  return sendPage(reply, name, wanted, render, page);
}

/** The predicate of a `filter` parameter; true for all items if it is absent. */
function readFilter<T>(filter: unknown, selectors: Selectors<T>): Predicate<T> {
  if (filter === undefined) return () => true;
  const invalid = (message: string) => new InvalidRequest([{ field: 'filter', code: 'unknown_value', value: filter, message }]);
  if (typeof filter !== 'string') throw invalid('must not be repeated');
  try {
    return parseFiql(filter, selectors);
  } catch (error) {
    throw error instanceof FiqlError ? invalid(error.message) : error;
  }
}
