import { asId } from '../../../domain/read.js';
import type { UnknownRecord } from '../../../domain/read.js';
import { differs, ok, unknown } from './finding.js';
import type { Verdict } from './finding.js';
import { isVerdict } from './probe.js';
import type { Probe } from './probe.js';

/** A list that the adapter reads in pages. */
export interface CheckedList {
  readonly path: string;
  /** Its name in `_embedded`. */
  readonly rel: string;
  /** The field that it is sorted by. */
  readonly sortBy: string;
}

/** The largest page that the adapter asks for. */
const MAX_PAGE = 100;

/** Pages are as large as asked for, tell the list's length, and lie side by side; everything in them has an id. */
export async function pagesAsAssumed(probe: Probe, { path, rel, sortBy }: CheckedList): Promise<Verdict> {
  const sort = `${sortBy}:asc`;
  const whole = await probe.page(path, rel, { size: 2, page: 0, sort });
  if (isVerdict(whole)) return whole;
  const second = await probe.page(path, rel, { size: 1, page: 1, sort });
  if (isVerdict(second)) return second;
  if (whole.items.length > 2) return differs(`a page of size 2 holds ${whole.items.length}`);
  if (whole.total === null) return differs('the length of the list (page.totalElements) is not told');
  if ([...whole.items, ...second.items].some((item) => asId(item['id']) === null)) return differs('something in it has no id');
  if (idOf(whole.items[1]) !== idOf(second.items[0])) return differs('page 1 of size 1 does not hold the second item');
  return ok(`${whole.total} in it`);
}

/** Descending is the exact reverse of ascending, so that places can be counted from either end. Of long lists only the ends are compared. */
export async function orderAsAssumed(probe: Probe, { path, rel, sortBy }: CheckedList): Promise<Verdict> {
  const read = (direction: 'asc' | 'desc', size: number, page: number) =>
    probe.page(path, rel, { size, page, sort: `${sortBy}:${direction}` });
  const ascending = await read('asc', MAX_PAGE, 0);
  if (isVerdict(ascending)) return ascending;
  const total = ascending.total ?? ascending.items.length;
  if (total < 2) return unknown('there are not two to compare');
  const isLong = total > MAX_PAGE;
  const descending = isLong ? await read('desc', 1, total - 1) : await read('desc', MAX_PAGE, 0);
  if (isVerdict(descending)) return descending;
  if (descending.total !== ascending.total) return unknown('the list changed meanwhile');
  const forward = (isLong ? ascending.items.slice(0, 1) : ascending.items).map(idOf);
  const backward = descending.items.map(idOf).reverse();
  if (JSON.stringify(forward) !== JSON.stringify(backward)) return differs(`${sortBy}:desc is not the reverse of ${sortBy}:asc`);
  return ok(isLong ? `the ends of ${total} compared` : `${total} compared`);
}

const idOf = (item: UnknownRecord | undefined): string | null => asId(item?.['id']);
