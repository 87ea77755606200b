/** A place in the inbox as text: time of the last activity (epoch µs), and partition. In one partition no two times are equal. */
export const PLACE = /^\d{1,16}-\d{1,3}$/;

export interface Place {
  readonly time: number;
  readonly partition: number;
}

/** Where a conversation (a hash) stands. */
export interface ConversationPlace extends Place {
  readonly hash: string;
}

/** From the top: of equal times, the lower partition is first. */
export const inOrder = (a: Place, b: Place): number => b.time - a.time || a.partition - b.partition;

export function toPlace(text: string): Place {
  const [time, partition] = text.split('-');
  return { time: Number(time), partition: Number(partition) };
}

export const toText = ({ time, partition }: Place): string => `${time}-${partition}`;

/** The part of an inbox below one place and above another, without these; null is no bound. */
export interface PlaceRange {
  readonly below: Place | null;
  readonly above: Place | null;
  /** Whether it is read from the bottom. */
  readonly fromEnd: boolean;
}

/** Whether a place is in a range. */
export const isWithin = ({ below, above }: PlaceRange, place: Place): boolean =>
  (below === null || inOrder(below, place) < 0) && (above === null || inOrder(place, above) < 0);

/** The range's order of reading. */
export const readingOrder = ({ fromEnd }: PlaceRange): typeof inOrder => (fromEnd ? (a, b) => inOrder(b, a) : inOrder);

/** What remains of a range when it has been read up to a place. */
export const remaining = (range: PlaceRange, last: Place): PlaceRange => ({ ...range, [range.fromEnd ? 'above' : 'below']: last });

/** The lowest and the highest score, as Redis takes them, of a partition's places in a range. */
export function scoresOf({ below, above }: PlaceRange, partition: number): { readonly lowest: string; readonly highest: string } {
  return {
    lowest: above === null ? '-inf' : partition < above.partition ? `${above.time}` : `(${above.time}`,
    highest: below === null ? '+inf' : partition > below.partition ? `${below.time}` : `(${below.time}`,
  };
}
