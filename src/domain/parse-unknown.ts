import { dateAt } from './date-at.js';
import { parseIsoDate } from './iso-date.js';

/** A JSON object whose fields are not validated yet. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

/** The value as a JSON object; null for everything else, lists included. */
export function asRecord(value: unknown): UnknownRecord | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as UnknownRecord) : null;
}

/** The value as a list; an empty one for everything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string as it is, the empty one too; a number as its digits; null for everything else. */
export function asText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

/** As `asText`, but null for the empty string, which is no id. */
export function asId(value: unknown): string | null {
  const text = asText(value);
  return text === '' ? null : text;
}

/** A finite number, also one written as a decimal string; null for everything else. */
export function asNumber(value: unknown): number | null {
  if (typeof value === 'string' && !/^-?\d+(\.\d+)?$/.test(value)) return null;
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** The largest `Int` of GraphQL. */
const MAX_INT = 2_147_483_647;

/** How many, in whole numbers; null for everything else, and for more than an `Int` of GraphQL can hold. */
export function asCount(value: unknown): number | null {
  const number = asNumber(value);
  return number === null || number < 0 || number > MAX_INT ? null : Math.trunc(number);
}

/** A boolean, also as the string `true` or `false`; null for everything else. */
export function asFlag(value: unknown): boolean | null {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : null;
}

/** Epoch milliseconds (a number or its digits) or an RFC 3339 string; null for everything else, and outside the years 0 to 9999. */
export function asTime(value: unknown): Date | null {
  const utc = typeof value === 'string' ? parseIsoDate(value) : null;
  if (utc !== null) return utc;
  const isDateString = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
  return dateAt(isDateString ? Date.parse(value) : (asNumber(value) ?? NaN));
}
