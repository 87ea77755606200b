import { asRecord } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { Page } from '../paged-window.js';
import { asItems, resource, toPage } from '../shared/json-body.js';

/** The list that a HAL response embeds under `rel`. Empty lists are often left out; one item may stand without a list around it. */
export function embedded(body: unknown, rel: string): readonly unknown[] {
  return asItems(asRecord(resource(body)['_embedded'])?.[rel]);
}

/** A page of a HAL list. */
export function embeddedPage<T>(body: unknown, rel: string, parse: (raw: UnknownRecord) => T | null): Page<T> {
  const items = embedded(body, rel);
  return toPage(items, asRecord(resource(body)['page'])?.['totalElements'], { parse, list: `among the ${rel}` });
}
