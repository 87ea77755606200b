/** The best matching of two prefixes, as a linked list of pairs. */
interface Matching<A, B> {
  readonly count: number;
  /** Sum of the pairs' distances. */
  readonly distance: number;
  readonly last: readonly [A, B] | null;
  readonly before: Matching<A, B> | null;
}

/**
 * Matches the items of two lists in order, without crossing: the largest number of pairs, then the smallest total distance, then the earliest. An item is in at most one
 * pair. `distance`: of two items; null if they cannot match.
 *
 * Greedy nearest-neighbour matching fails: if items follow each other faster than the clocks of the two lists agree, pairs cross and the last item has no partner left.
 */
export function matchInOrder<A, B>(left: readonly A[], right: readonly B[], distance: (a: A, b: B) => number | null): Map<A, B> {
  // As nearly always: nothing to choose from.
  if (left.length === 0 || right.length === 0) return new Map();
  const none: Matching<A, B> = { count: 0, distance: 0, last: null, before: null };
  const better = (one: Matching<A, B>, other: Matching<A, B>) =>
    other.count > one.count || (other.count === one.count && other.distance < one.distance) ? other : one;
  // Dynamic programming, as for the longest common subsequence: a row per item on the left, a column per item on the right.
  let row = right.map(() => none);
  for (const a of left) {
    const above = row;
    row = [];
    for (const [column, b] of right.entries()) {
      const best = better(above[column] ?? none, row[column - 1] ?? none);
      const between = distance(a, b);
      const before = above[column - 1] ?? none;
      row.push(
        between === null
          ? best
          : better(best, { count: before.count + 1, distance: before.distance + between, last: [a, b] as const, before }),
      );
    }
  }
  const pairs = new Map<A, B>();
  for (let best = row.at(-1) ?? none; best.last !== null; best = best.before ?? none) pairs.set(...best.last);
  return pairs;
}
