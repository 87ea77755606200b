/** Deeper than any card is nested, and far less than what overflows a recursive serializer. */
const MAX_DEPTH = 200;

/**
 * Returns the value unchanged, or, if it is nested deeper than 200 levels, a copy in which deeper lists and objects are null. Parsing JSON has no depth limit, but
 * serializing has: a megabyte of brackets would be accepted and could then neither be stored nor sent.
 */
export function limitDepth(value: unknown): unknown {
  return isDeeperThan(value, MAX_DEPTH) ? truncateBelow(value, MAX_DEPTH) : value;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  for (const key in value) if (isDeeperThan((value as Readonly<Record<string, unknown>>)[key], depth - 1)) return true;
  return false;
}

function truncateBelow(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((inner) => truncateBelow(inner, depth - 1));
  // Not by assignment: a key `__proto__` would set the prototype.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, truncateBelow(inner, depth - 1)]));
}
