import { InvalidRequest } from '../http/fields.js';
import type { FieldError } from '../http/fields.js';

export interface PageRequest {
  readonly size: number;
  /** Zero-based. */
  readonly page: number;
  readonly descending: boolean;
  readonly sortBy: string;
}

/** The sort fields of a list, and its default order. */
export interface SortOption {
  readonly field: 'id' | 'createdAt';
  readonly descending: boolean;
  /** Further sort fields. */
  readonly others?: readonly string[];
}

const DEFAULT_SIZE = 20;
/** The contract names no limit; public bots request as many. */
const MAX_SIZE = 1_000;

/** Reads `size`, `page` and `sort` of a list. @throws InvalidRequest also for unknown parameters, so that a typo is noticed */
export function readPageRequest(query: Readonly<Record<string, unknown>>, sort: SortOption): PageRequest {
  const errors = unknownParameters(query, ['size', 'page', 'sort']);
  const size = readNumber(query, 'size', { fallback: DEFAULT_SIZE, minimum: 1, maximum: MAX_SIZE }, errors);
  const page = readNumber(query, 'page', { fallback: 0, minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, errors);
  const sorted = readSort(query, sort, errors);
  if (errors.length > 0) throw new InvalidRequest(errors);
  return { size, page, ...sorted };
}

/** @throws InvalidRequest if there is any query parameter */
export function rejectParameters(query: Readonly<Record<string, unknown>>): void {
  const errors = unknownParameters(query, []);
  if (errors.length > 0) throw new InvalidRequest(errors);
}

function unknownParameters(query: Readonly<Record<string, unknown>>, known: readonly string[]): FieldError[] {
  return Object.keys(query)
    .filter((name) => !known.includes(name))
    .map((field) => ({ field, code: 'unknown_field', value: query[field], message: 'is not a parameter of this call' }));
}

function readNumber(
  query: Readonly<Record<string, unknown>>,
  field: string,
  range: { readonly fallback: number; readonly minimum: number; readonly maximum: number },
  errors: FieldError[],
): number {
  const value = query[field];
  if (value === undefined) return range.fallback;
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : NaN;
  if (number >= range.minimum && number <= range.maximum) return number;
  const message = `must be a whole number from ${range.minimum} to ${range.maximum}`;
  errors.push({ field, code: 'out_of_range', value, message });
  return range.fallback;
}

function readSort(
  query: Readonly<Record<string, unknown>>,
  { field, descending, others = [] }: SortOption,
  errors: FieldError[],
): Pick<PageRequest, 'sortBy' | 'descending'> {
  const value = query['sort'];
  if (value === undefined) return { sortBy: field, descending };
  const [, sortBy = '', direction = ''] = /^(.+):(asc|desc)$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (sortBy !== field && !others.includes(sortBy))
    errors.push({ field: 'sort', code: 'unknown_value', value, message: `must be ${field}:asc or ${field}:desc` });
  return { sortBy, descending: direction === 'desc' };
}
