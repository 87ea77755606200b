import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Row } from './rows';

/** So near to the end counts as there, in pixels. */
const AT_END_PX = 48;
/** Rows kept in the page above and below the view: a short conversation is there as a whole, for the browser's own search and for screen readers. */
const OVERSCAN = 30;
/** About that of a one-line message, until it is measured. */
const ROW_PX = 56;
/** Space above the first row: for the button that loads earlier ones, or a margin. */
const START_PX = { withButton: 64, without: 8 };

interface FollowingOptions {
  /** Identifies the reader's own newest outgoing message: a new one is scrolled into view. */
  readonly ownNewest: string | undefined;
  readonly onAtEnd: (isAtEnd: boolean) => void;
  /** Called when the first rows come near the view; null if there are no earlier ones. */
  readonly onStartNear: (() => void) | null;
}

/**
 * A virtual list that stays at its end while the reader is there, whatever grows (a picture, the input below it, the keyboard of a phone), and else stays where the reader
 * is, whatever is added above or below.
 */
export function useFollowingList(rows: readonly Row[], { ownNewest, onAtEnd, onStartNear }: FollowingOptions) {
  const scroller = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: OVERSCAN,
    paddingStart: onStartNear === null ? START_PX.without : START_PX.withButton,
    paddingEnd: 8,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
  });
  const toEnd = useCallback(() => {
    follows.current = true;
    virtualizer.scrollToEnd();
  }, [virtualizer]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
      setIsAtEnd(follows.current);
    };
    // The list's own size, and that of the space it has.
    const sizes = new ResizeObserver(() => {
      if (follows.current) virtualizer.scrollToEnd();
    });
    sizes.observe(element);
    for (const list of element.querySelectorAll('ol')) sizes.observe(list);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      element.removeEventListener('scroll', look);
      sizes.disconnect();
    };
  }, [virtualizer]);

  useLayoutEffect(() => {
    if (follows.current) virtualizer.scrollToEnd();
  }, [rows, virtualizer]);
  useLayoutEffect(() => {
    if (ownNewest !== undefined) toEnd();
  }, [ownNewest, toEnd]);
  useEffect(() => onAtEnd(isAtEnd), [isAtEnd, onAtEnd]);

  const items = virtualizer.getVirtualItems();
  const isStartNear = items[0]?.index === 0 && rows.length > 0;
  useEffect(() => {
    if (isStartNear) onStartNear?.();
    // Again for each page, which is when the number of rows changes.
  }, [isStartNear, rows.length]);

  return { scroller, items, isAtEnd, toEnd, height: virtualizer.getTotalSize(), measure: virtualizer.measureElement };
}
