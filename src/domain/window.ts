/**
 * A range of a list, in 0-based positions. With `items = list.slice(from, before ?? undefined)`, `first` is `items.slice(0, count)` and `last` is
 * `items.slice(-count)`. Empty if `before` is not after `from`.
 */
export interface Window {
  readonly kind: 'first' | 'last';
  /** 1 to `MAX_PAGE_SIZE`. */
  readonly count: number;
  readonly from: number;
  readonly before: number | null;
}

/** The items of a window. */
export interface WindowOf<T> {
  readonly items: readonly T[];
  /** Position of `items[0]`; in an empty window, the position that it would have. */
  readonly start: number;
  /** Length of the whole list; null if the upstream does not report it, or was not asked since the window is empty anyway. */
  readonly total: number | null;
  /**
   * The list has items after the window (`first`) or before it (`last`), regardless of `before` and `from`. If the list's length is unknown, a full page counts as
   * followed by more, and an empty window that was not requested as followed by none.
   */
  readonly hasMore: boolean;
}

/** A window of a complete list. */
export function windowOfArray<T>(window: Window, all: readonly T[]): WindowOf<T> {
  const end = Math.min(window.before ?? all.length, all.length);
  const start = window.kind === 'first' ? Math.min(window.from, end) : Math.max(Math.min(window.from, end), end - window.count);
  const items = all.slice(start, window.kind === 'first' ? Math.min(end, start + window.count) : end);
  return { items, start, total: all.length, hasMore: window.kind === 'first' ? start + items.length < all.length : start > 0 };
}

/** A range of a list that is presented as a list of its own. */
export interface Section {
  readonly from: number;
  /** Null if open: up to the list's end, where items may be added. */
  readonly before: number | null;
}

/** Converts a window of a section to a window of the whole list. */
export function windowInList(window: Window, section: Section): Window {
  const end = section.before;
  const before = window.before === null ? end : Math.min(section.from + window.before, end ?? Infinity);
  return { ...window, from: section.from + window.from, before };
}

/** Converts the result of `windowInList`'s window to positions counted from the section's start. */
export function windowInSection<T>(found: WindowOf<T>, { from, before }: Section): WindowOf<T> {
  const end = before ?? found.total;
  return { ...found, start: found.start - from, total: end === null ? null : Math.max(0, end - from) };
}
