import { asCount, asList, asRecord } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { Page } from '../paged-window.js';
import { unreadable } from '../upstream/upstream-errors.js';

/** A response body as a JSON object. Throws `UpstreamUnavailableError` for anything else. */
export function resource(body: unknown): UnknownRecord {
  const record = asRecord(body);
  if (record === null) throw unreadable('no object');
  return record;
}

/** A list, or a single object instead of a list of one. */
export const asItems = (raw: unknown): readonly unknown[] => (asRecord(raw) === null ? asList(raw) : [raw]);

/**
 * A page of a list. `total`: the list's length as the upstream states it. `parse` returns null for an item without an id: that would shift
 * all positions after it, so the page is unreadable then; `list` names the list in the error.
 */
export function toPage<T>(
  rawItems: readonly unknown[],
  total: unknown,
  { parse, list }: { readonly parse: (raw: UnknownRecord) => T | null; readonly list: string },
): Page<T> {
  const items = rawItems.map((raw) => {
    const item = asRecord(raw);
    const known = item === null ? null : parse(item);
    if (known === null) throw unreadable(`something without an id ${list}`);
    return known;
  });
  return { items, total: asCount(total) };
}
