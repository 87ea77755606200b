const MAX_PAGE = 1_000;

/** Throws `RangeError` unless `limit` is an integer from 1 to 1,000. */
export function assertReadLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new RangeError(`\`limit\` must be between 1 and ${MAX_PAGE}; got ${limit}.`);
  }
}
