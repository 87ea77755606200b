/** The best that can be made of the items up to some point. */
interface Pairing<A, B> {
  readonly count: number;
  /** How far the pairs are apart, all together. */
  readonly apart: number;
  readonly last: readonly [A, B] | null;
  readonly before: Pairing<A, B> | null;
}

/**
 * Pairs the items of two lists, both of which are in order of time, without crossing: as many pairs as possible, and of so many the nearest; of equally near ones the
 * earliest. An item is in one pair at most. `apart`: how far two items are from each other; null where they cannot be a pair.
 *
 * Giving each item its nearest partner would not do: where items follow each other faster than the clocks of the two lists agree, the pairs come out crosswise, until
 * the last item finds no partner left within reach.
 */
export function pairInOrder<A, B>(left: readonly A[], right: readonly B[], apart: (a: A, b: B) => number | null): Map<A, B> {
  const none: Pairing<A, B> = { count: 0, apart: 0, last: null, before: null };
  const better = (one: Pairing<A, B>, other: Pairing<A, B>) =>
    other.count > one.count || (other.count === one.count && other.apart < one.apart) ? other : one;
  // As the longest common subsequence is found: a row for each item on the left, a column for each on the right.
  let row = right.map(() => none);
  for (const a of left) {
    const above = row;
    row = [];
    for (const [column, b] of right.entries()) {
      const best = better(above[column] ?? none, row[column - 1] ?? none);
      const between = apart(a, b);
      const before = above[column - 1] ?? none;
      row.push(
        between === null ? best : better(best, { count: before.count + 1, apart: before.apart + between, last: [a, b] as const, before }),
      );
    }
  }
  const pairs = new Map<A, B>();
  for (let best = row.at(-1) ?? none; best.last !== null; best = best.before ?? none) pairs.set(...best.last);
  return pairs;
}
