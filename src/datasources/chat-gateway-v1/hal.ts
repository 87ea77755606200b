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

/** The list that a HAL answer embeds under `rel`. Empty lists are often left out; one item may stand without a list around it. */
export function embedded(body: unknown, rel: string): readonly unknown[] {
  const found = asRecord(resource(body)['_embedded'])?.[rel];
  return asRecord(found) === null ? asList(found) : [found];
}

/** A page of a HAL list. `read` answers null for an item that names nothing: that would shift all positions after it, so the page is unreadable then. */
export function embeddedPage<T>(body: unknown, rel: string, read: (raw: UnknownRecord) => T | null): Page<T> {
  const items = embedded(body, rel).map((raw) => {
    const item = asRecord(raw);
    const known = item === null ? null : read(item);
    if (known === null) throw unreadable(`something without an id among the ${rel}`);
    return known;
  });
  const total = asNumber(asRecord(resource(body)['page'])?.['totalElements']);
  return { items, total: total === null || total < 0 ? null : Math.trunc(total) };
}
