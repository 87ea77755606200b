/** Inserts an item into an array that is in order of `rankOf`, behind those of equal rank. Constant time at the end, where most belong. */
export function insertSorted<T>(array: T[], item: T, rankOf: (item: T) => number): void {
  const rank = rankOf(item);
  let [from, to] = [0, array.length];
  const last = array.at(-1);
  if (last === undefined || rankOf(last) <= rank) from = to;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (rankOf(array[middle] as T) <= rank) from = middle + 1;
    else to = middle;
  }
  array.splice(from, 0, item);
}
