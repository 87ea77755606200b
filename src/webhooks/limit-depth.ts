/** Deeper than any card is nested, and far less than what a recursive serializer takes. */
const MAX_DEPTH = 200;

/**
 * The value as it is, or, where lists and objects are nested deeper than 200 levels, a copy in which the deeper ones are null. Parsing JSON has no such limit,
 * serializing has: a megabyte of brackets would be taken and could then neither be stored nor sent.
 */
export function limitDepth(value: unknown): unknown {
  return isDeeperThan(value, MAX_DEPTH) ? cutBelow(value, MAX_DEPTH) : value;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const key in value) if (isDeeperThan((value as Readonly<Record<string, unknown>>)[key], levels - 1)) return true;
  return false;
}

function cutBelow(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((inner) => cutBelow(inner, levels - 1));
  // Not by assignment: a key `__proto__` would set the prototype.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cutBelow(inner, levels - 1)]));
}
