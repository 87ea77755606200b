import type { NamedMessage } from '../../domain/message.js';
import { MAX_PAGE_SIZE } from '../../domain/page-limit.js';
import type { Window, WindowOf } from '../../domain/window.js';

/** The end of a list, as much of it as one page holds. */
export const LIST_END: Window = { kind: 'last', count: MAX_PAGE_SIZE, from: 0, before: null };

/** Whether a window reaches the end of its list. */
export const isEnd = ({ items, start, total }: WindowOf<unknown>): boolean => total !== null && start + items.length >= total;

/**
 * A window that holds up to `more` further places before it, as far as one page has room for them: what the page asked for touches is never left out for them.
 * One that is empty of itself stays so.
 */
export function widened(window: Window, more: number): Window {
  const { kind, count, from, before } = window;
  if (before !== null && before <= from) return window;
  const room = Math.min(more, MAX_PAGE_SIZE - count);
  if (kind === 'last') return { kind, count: count + room, from: more === 0 ? from : 0, before };
  const first = Math.max(0, from - room);
  return { kind, count: count + from - first, from: first, before };
}

/** `window` of the list with `tail` behind it, out of a window at least as wide. */
export function cut(
  { kind, count, from, before }: Window,
  wide: WindowOf<NamedMessage>,
  tail: readonly NamedMessage[],
): WindowOf<NamedMessage> {
  const all = [...wide.items, ...tail];
  const total = wide.total === null ? null : wide.total + tail.length;
  // An empty stretch may have been asked for beyond the end.
  const place = wide.items.length === 0 && tail.length > 0 ? (wide.total ?? wide.start) : wide.start;
  const end = Math.max(place, Math.min(place + all.length, before ?? Infinity, kind === 'first' ? from + count : Infinity));
  const start = Math.max(place, from, kind === 'last' ? end - count : 0);
  const items = all.slice(start - place, Math.max(start, end) - place);
  return { items, start, total, hasMore: kind === 'last' ? start > 0 && total !== 0 : wide.hasMore || end < place + all.length };
}
