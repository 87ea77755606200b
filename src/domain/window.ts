/**
 * A stretch of a list, in places counted from the list's start (0-based). `first`: from place `from` on, at most `count`, ending before `before`.
 * `last`: the `count` items that end before place `before` (the list's end when null, or when `before` lies beyond it), none of them before place `from`.
 * So with `items = list.slice(from, before ?? undefined)`: `items.slice(0, count)` and `items.slice(-count)`. It is empty where `before` is not after `from`.
 */
export interface Window {
  readonly kind: 'first' | 'last';
  /** 1 to `MAX_PAGE_SIZE`. */
  readonly count: number;
  readonly from: number;
  readonly before: number | null;
}

/** What a window of a list holds. */
export interface WindowOf<T> {
  readonly items: readonly T[];
  /** Place of `items[0]`; where the window is empty, the place that it would have had. */
  readonly start: number;
  /** Length of the whole list; null where the upstream does not tell, or was not asked because the window is empty of itself. */
  readonly total: number | null;
  /**
   * The list holds items after the window (`first`) or before it (`last`), whatever `before` and `from` are, as far as can be told: where the list's length
   * is not known, a full page counts as followed by more, and an empty window that was not asked for as followed by none.
   */
  readonly hasMore: boolean;
}

/** A window of a list that is at hand as a whole. */
export function windowOfArray<T>(window: Window, all: readonly T[]): WindowOf<T> {
  const end = Math.min(window.before ?? all.length, all.length);
  const start = window.kind === 'first' ? Math.min(window.from, end) : Math.max(Math.min(window.from, end), end - window.count);
  const items = all.slice(start, window.kind === 'first' ? Math.min(end, start + window.count) : end);
  return { items, start, total: all.length, hasMore: window.kind === 'first' ? start + items.length < all.length : start > 0 };
}

/** A stretch of a list that is shown as a list of its own. */
export interface Section {
  readonly from: number;
  /** Null: up to the list's end, where more may come. */
  readonly before: number | null;
}

/** The window of the whole list that holds a window of a section of it. */
export function windowInList(window: Window, section: Section): Window {
  const end = section.before;
  const before = window.before === null ? end : Math.min(section.from + window.before, end ?? Infinity);
  return { ...window, from: section.from + window.from, before };
}

/** A window of the whole list, read for `windowInList`, in places counted from the section's start. */
export function windowInSection<T>(found: WindowOf<T>, { from, before }: Section): WindowOf<T> {
  const end = before ?? found.total;
  return { ...found, start: found.start - from, total: end === null ? null : Math.max(0, end - from) };
}
