/** A page as the schema's arguments select it; the anchor (of `after` or `before`) is an index into the log. */
export interface Window {
  readonly direction: 'first' | 'last';
  readonly count: number;
  readonly anchor: number | null;
}

/** What of a connection a query selects. */
export interface Selection {
  readonly nodes: boolean;
  readonly edges: 'none' | 'node' | 'cursor' | 'both';
  readonly pageInfo: 'none' | 'more' | 'cursors' | 'all';
  readonly totalCount: boolean;
}

/** The indexes of an answer, from `from` to before `to`, of a log that had `length` entries then. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

export function rangeOf({ direction, count, anchor }: Window, length: number): Range {
  if (direction === 'last') return { from: Math.max(0, (anchor ?? length) - count), to: anchor ?? length, length };
  const from = anchor === null ? 0 : anchor + 1;
  return { from, to: Math.max(from, Math.min(length, from + count)), length };
}

/** Whether an answer says which entries a page has: cursors alone do where there are none. */
const saysEntries = ({ nodes, edges }: Selection, { from, to }: Range): boolean =>
  nodes || edges === 'node' || edges === 'both' || (edges === 'cursor' && from === to);

/** What a cache must hold of a log that only grows: one range of indexes, and what answers said of its two ends. */
export class ConnectionModel {
  range: { readonly from: number; readonly to: number } | null = null;
  /** Pages have listed the indexes before it; the rest are known by events alone. */
  listedTo = 0;
  hasPrevious: boolean | undefined;
  hasNext: boolean | undefined;
  totalCount: number | undefined;
  /** Indexes whose cursors an answer held. */
  readonly cursors = new Set<number>();

  /** Whether a page leaves no gap to what is known. */
  joins({ anchor }: Window, { from, to, length }: Range): boolean {
    if (this.range === null) return false;
    const isAnchored = anchor !== null && anchor >= this.range.from && anchor < this.range.to && this.cursors.has(anchor);
    const overlaps = from < to && from < this.range.to && to > this.range.from;
    return overlaps || isAnchored || (length === 0 && this.listedTo === 0);
  }

  read(window: Window, page: Range, selection: Selection): void {
    if (selection.totalCount) this.totalCount = page.length;
    if (!saysEntries(selection, page)) return;
    const old = this.joins(window, page) ? this.range : null;
    if (old === null) {
      // An empty page somewhere else says nothing.
      if (page.from === page.to && window.anchor !== null && this.range !== null && this.range.from < this.range.to) return;
      this.cursors.clear();
    }
    const states = selection.pageInfo === 'more' || selection.pageInfo === 'all';
    const isShort = page.to - page.from < window.count;
    const isOpen = (direction: Window['direction']) => window.anchor === null && (window.direction === direction || isShort);
    const runsOut = (direction: Window['direction']) => window.direction === direction && isShort;
    if (old === null || page.from <= old.from) {
      const isStated = states || isOpen('first') || runsOut('last');
      const isUnmoved = old !== null && page.from === old.from;
      this.hasPrevious = isStated ? page.from > 0 : isUnmoved ? this.hasPrevious : undefined;
    }
    if (old === null || page.to >= this.listedTo) {
      const isStated = states || isOpen('last') || runsOut('first');
      const isUnmoved = old !== null && page.to === this.listedTo;
      this.hasNext = isStated ? page.to < page.length : isUnmoved ? this.hasNext : undefined;
      this.listedTo = page.to;
    }
    this.range = old === null ? page : { from: Math.min(page.from, old.from), to: Math.max(page.to, old.to) };
    if (['cursor', 'both'].includes(selection.edges)) for (let index = page.from; index < page.to; index += 1) this.cursors.add(index);
    if (page.from < page.to && (selection.pageInfo === 'cursors' || selection.pageInfo === 'all'))
      this.cursors.add(page.from).add(page.to - 1);
  }

  /** An event for the log's next entry arrives. */
  append(index: number): void {
    if (this.range === null || (this.hasNext !== false && this.listedTo === this.range.to)) return;
    if (index !== this.range.to) throw new Error(`entry ${index} does not follow ${this.range.to - 1}`);
    this.range = { ...this.range, to: index + 1 };
  }
}
