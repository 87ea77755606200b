import type { NamedMessage } from '../../domain/message.js';
import { MAX_PAGE_SIZE } from '../../domain/page-limit.js';
import type { Window, WindowOf } from '../../domain/window.js';

/** The end of a list, as much of it as one page holds. */
export const LIST_END: Window = { kind: 'last', count: MAX_PAGE_SIZE, from: 0, before: null };

/** Whether a window reaches the end of its list. */
export const reachesEnd = ({ items, start, total }: WindowOf<unknown>): boolean => total !== null && start + items.length >= total;

/**
 * Extends a window backwards by up to `more` positions, as far as one page has room; nothing that was asked for is left out. An empty
 * window stays empty.
 */
export function widenWindow(window: Window, more: number): Window {
  const { kind, count, from, before } = window;
  if (before !== null && before <= from) return window;
  const room = Math.min(more, MAX_PAGE_SIZE - count);
  if (kind === 'last') return { kind, count: count + room, from: more === 0 ? from : 0, before };
  const first = Math.max(0, from - room);
  return { kind, count: count + from - first, from: first, before };
}

/** Cuts `window` out of the list plus `tail`, given a window at least as wide. */
export function sliceWindow(
  { kind, count, from, before }: Window,
  widened: WindowOf<NamedMessage>,
  tail: readonly NamedMessage[],
): WindowOf<NamedMessage> {
  const all = [...widened.items, ...tail];
  const total = widened.total === null ? null : widened.total + tail.length;
  // An empty window may lie beyond the end.
  const position = widened.items.length === 0 && tail.length > 0 ? (widened.total ?? widened.start) : widened.start;
  const end = Math.max(position, Math.min(position + all.length, before ?? Infinity, kind === 'first' ? from + count : Infinity));
  const start = Math.max(position, from, kind === 'last' ? end - count : 0);
  const items = all.slice(start - position, Math.max(start, end) - position);
  return { items, start, total, hasMore: kind === 'last' ? start > 0 && total !== 0 : widened.hasMore || end < position + all.length };
}
