import { asId } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { UPSTREAM_PAGE_SIZE } from '../paged-window.js';
import { differs, ok, unknown } from './finding.js';
import type { CheckResult } from './finding.js';
import { isCheckResult } from './diagnostic-client.js';
import type { Probe, Query, SeenPage } from './diagnostic-client.js';

/** A list that the adapter reads in pages. */
export interface CheckedList {
  readonly path: string;
  /** Its name in the answer. */
  readonly rel: string;
  /** What asks for it in its order. */
  readonly forward: Query;
}

/** Pages are as large as requested, contain the list's length, and are contiguous; every item has an id. */
export async function checkPages(probe: Probe, { path, rel, forward }: CheckedList): Promise<CheckResult> {
  const whole = await probe.page(path, rel, { size: 2, page: 0, ...forward });
  if (isCheckResult(whole)) return whole;
  const second = await probe.page(path, rel, { size: 1, page: 1, ...forward });
  if (isCheckResult(second)) return second;
  if (whole.items.length > 2) return differs(`a page of size 2 holds ${whole.items.length}`);
  if (whole.total === null) return differs('the list has no length');
  if ([...whole.items, ...second.items].some((item) => asId(item['id']) === null)) return differs('something in it has no id');
  if (parseId(whole.items[1]) !== parseId(second.items[0])) return differs('page 1 of size 1 does not hold the second item');
  return ok(`${whole.total} in it`);
}

/** Descending order is the exact reverse of ascending, so that positions can be counted from either end. Of long lists only the ends are compared. */
export async function checkOrder(probe: Probe, { path, rel, forward }: CheckedList, backward: Query): Promise<CheckResult> {
  const ascending = await probe.page(path, rel, { size: UPSTREAM_PAGE_SIZE, page: 0, ...forward });
  if (isCheckResult(ascending)) return ascending;
  const total = ascending.total ?? ascending.items.length;
  if (total < 2) return unknown('there are not two to compare');
  const isLong = total > UPSTREAM_PAGE_SIZE;
  const end = isLong ? { size: 1, page: total - 1 } : { size: UPSTREAM_PAGE_SIZE, page: 0 };
  const descending = await probe.page(path, rel, { ...end, ...backward });
  if (isCheckResult(descending)) return descending;
  if (descending.total !== ascending.total) return unknown('the list changed meanwhile');
  const there = (isLong ? ascending.items.slice(0, 1) : ascending.items).map(parseId);
  const back = descending.items.map(parseId).reverse();
  if (JSON.stringify(there) !== JSON.stringify(back)) return differs('backwards is not the reverse of forwards');
  return ok(isLong ? `the ends of ${total} compared` : `${total} compared`);
}

const parseId = (item: UnknownRecord | undefined): string | null => asId(item?.['id']);

/** All of a list, ten pages at most. */
export async function everything(probe: Probe, { path, rel, forward }: CheckedList): Promise<SeenPage | CheckResult> {
  const items: UnknownRecord[] = [];
  for (let page = 0; page < 10; page += 1) {
    const seen = await probe.page(path, rel, { size: UPSTREAM_PAGE_SIZE, page, ...forward });
    if (isCheckResult(seen)) return seen;
    items.push(...seen.items);
    if (seen.items.length === 0 || items.length >= (seen.total ?? 0)) break;
  }
  return { items, total: items.length };
}
