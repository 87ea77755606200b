import type { FastifyReply } from 'fastify';
import { InvalidRequest } from '../http/fields.js';
import type { FieldError } from '../http/fields.js';
import { sendJson } from '../http/server.js';

const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;

export type Query = Readonly<Record<string, unknown>>;

/** Sends the page of `items` selected by `size` and `page` of the query. `isKnown` accepts further parameters. */
export function sendPage<T>(
  reply: FastifyReply,
  query: Query,
  items: readonly T[],
  render: (item: T) => object,
  isKnown: (name: string) => boolean = () => false,
): FastifyReply {
  const errors: FieldError[] = Object.keys(query)
    .filter((name) => name !== 'size' && name !== 'page' && !isKnown(name))
    .map((field) => ({ field, code: 'unknown_field', message: 'is not a parameter of this call' }));
  const pageSize = readNumber(query, 'size', { fallback: DEFAULT_SIZE, minimum: 1, maximum: MAX_SIZE }, errors);
  const pageIndex = readNumber(query, 'page', { fallback: 0, minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, errors);
  if (errors.length > 0) throw new InvalidRequest(errors);
  const data = items.slice(pageIndex * pageSize, (pageIndex + 1) * pageSize).map(render);
  const page = { pageSize, pageIndex, elementCount: items.length, pageCount: Math.ceil(items.length / pageSize) };
  return sendJson(reply, 200, 'application/json', { data, page });
}

/** A parameter with one of `values`; undefined if it is absent. @throws InvalidRequest */
export function oneOf(query: Query, field: string, values: readonly string[]): string | undefined {
  const value = query[field];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && values.includes(value)) return value;
  throw new InvalidRequest([{ field, code: 'unknown_value', message: `must be one of ${values.join(', ')}` }]);
}

function readNumber(
  query: Query,
  field: string,
  range: { readonly fallback: number; readonly minimum: number; readonly maximum: number },
  errors: FieldError[],
): number {
  const value = query[field];
  if (value === undefined) return range.fallback;
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : NaN;
  if (number >= range.minimum && number <= range.maximum) return number;
  errors.push({ field, code: 'out_of_range', message: `must be a whole number from ${range.minimum} to ${range.maximum}` });
  return range.fallback;
}
