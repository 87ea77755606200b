import { asList, asNumber, asRecord } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { Page } from '../paged-window.js';
import { unreadable } from '../upstream/upstream-errors.js';

/** An answer's body as a JSON object. Throws `UpstreamUnavailableError` for anything else. */
export function resource(body: unknown): UnknownRecord {
  const record = asRecord(body);
  if (record === null) throw unreadable('no object');
  return record;
}

/** The list under a name; the contract writes a single object where a list is meant, so that one stands for a list of one. */
export function listed(body: unknown, name: string): readonly unknown[] {
  const found = resource(body)[name];
  return asRecord(found) === null ? asList(found) : [found];
}

/** A page of a list (`{data, page}`). `read` answers null for an item that names nothing: that would shift all positions after it, so the page is unreadable then. */
export function dataPage<T>(body: unknown, read: (raw: UnknownRecord) => T | null): Page<T> {
  const items = listed(body, 'data').map((raw) => {
    const item = asRecord(raw);
    const known = item === null ? null : read(item);
    if (known === null) throw unreadable('something without an id in a list');
    return known;
  });
  const total = asNumber(asRecord(resource(body)['page'])?.['elementCount']);
  return { items, total: total === null || total < 0 ? null : Math.trunc(total) };
}
