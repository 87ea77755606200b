import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import type { MessageRecord } from '../../domain/message.js';
import { MAX_PAGE_SIZE } from '../../domain/page-limit.js';
import type { Window, WindowOf } from '../../domain/window.js';
import { LIST_END, reachesEnd } from './list-and-tail.js';

/** Enough for 400,000 messages. */
const MAX_READS = 12;

/** In epoch milliseconds, both inclusive. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** A part of a list, and the span of time all of whose messages it contains. */
export interface ListPart extends TimeSpan {
  readonly items: readonly MessageRecord[];
}

/** Whether the part of this span contains every message that may be one of this time. */
export const covers = ({ from, to }: TimeSpan, at: number): boolean => from <= at - CLOCK_TOLERANCE_MS && to >= at + CLOCK_TOLERANCE_MS;

/** Reads the page of a list in which a message of this time (epoch ms) would be, by bisection from the list's end. `fetch` reads a window of it. */
export async function readListAround(fetch: (window: Window) => Promise<WindowOf<MessageRecord>>, at: number): Promise<ListPart> {
  let page = await fetch(LIST_END);
  let part = toListPart(page);
  let [low, high] = [0, page.start - 1];
  for (let reads = 1; !covers(part, at) && low <= high && reads < MAX_READS; reads += 1) {
    const middle = Math.floor((low + high) / 2);
    // Only the first page shows that nothing precedes it.
    const from = low === 0 && middle < MAX_PAGE_SIZE / 2 ? 0 : middle;
    page = await fetch({ kind: 'first', count: MAX_PAGE_SIZE, from, before: null });
    part = toListPart(page);
    if (part.from > at - CLOCK_TOLERANCE_MS) high = from - 1;
    else low = from + 1;
  }
  return part;
}

function toListPart(page: WindowOf<MessageRecord>): ListPart {
  const times = page.items.flatMap(({ createdAt }) => createdAt?.getTime() ?? []);
  // Exclusive: an equal time may also be on the page beside it.
  return {
    items: page.items,
    from: page.start === 0 ? -Infinity : (times[0] ?? Infinity) + 1,
    to: reachesEnd(page) ? Infinity : (times.at(-1) ?? -Infinity) - 1,
  };
}
