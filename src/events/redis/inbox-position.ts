/** A position in the inbox as text: time of the last activity (epoch µs), and partition. In one partition no two times are equal. */
export const INBOX_POSITION = /^\d{1,16}-\d{1,3}$/;

export interface InboxPosition {
  readonly time: number;
  readonly partition: number;
}

/** Where a conversation (a hash) stands. */
export interface ConversationPosition extends InboxPosition {
  readonly hash: string;
}

/** From the top: of equal times, the lower partition is first. */
export const inOrder = (a: InboxPosition, b: InboxPosition): number => b.time - a.time || a.partition - b.partition;

/** Reads what `toText` has written. */
export function toInboxPosition(text: string): InboxPosition {
  const [time, partition] = text.split('-');
  return { time: Number(time), partition: Number(partition) };
}

export const toText = ({ time, partition }: InboxPosition): string => `${time}-${partition}`;

/** The part of an inbox below one position and above another, without these; null is no bound. */
export interface InboxRange {
  readonly below: InboxPosition | null;
  readonly above: InboxPosition | null;
  /** Whether it is read from the bottom. */
  readonly fromEnd: boolean;
}

/** Whether a position is in a range. */
export const isWithin = ({ below, above }: InboxRange, position: InboxPosition): boolean =>
  (below === null || inOrder(below, position) < 0) && (above === null || inOrder(position, above) < 0);

/** The range's order of reading. */
export const readingOrder = ({ fromEnd }: InboxRange): typeof inOrder => (fromEnd ? (a, b) => inOrder(b, a) : inOrder);

/** What remains of a range when it has been read up to a position. */
export const remaining = (range: InboxRange, last: InboxPosition): InboxRange => ({ ...range, [range.fromEnd ? 'above' : 'below']: last });

/** The lowest and the highest score, as Redis takes them, of a partition's positions in a range. */
export function scoresOf({ below, above }: InboxRange, partition: number): { readonly lowest: string; readonly highest: string } {
  return {
    lowest: above === null ? '-inf' : partition < above.partition ? `${above.time}` : `(${above.time}`,
    highest: below === null ? '+inf' : partition > below.partition ? `${below.time}` : `(${below.time}`,
  };
}
