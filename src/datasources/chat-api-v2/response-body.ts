import { asRecord } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { Page } from '../paged-window.js';
import { asItems, resource, toPage } from '../shared/json-body.js';

/** The list under a name; where the contract shows a single object instead, a list of one. */
export function listed(body: unknown, name: string): readonly unknown[] {
  return asItems(resource(body)[name]);
}

/** A page of a list (`{data, page}`). */
export function dataPage<T>(body: unknown, parse: (raw: UnknownRecord) => T | null): Page<T> {
  const items = listed(body, 'data');
  return toPage(items, asRecord(resource(body)['page'])?.['elementCount'], { parse, list: 'in a list' });
}
