/** How far an interaction's first `INTERACTION_QUEUED` may lie from the start that the upstream reports: 60 s. */
export const START_TOLERANCE_MS = 60_000;

/** What an event or fact means to a queueing beside it. `BOUNDARY`: a queueing before it is not one after it. */
export type QueueingRole = 'REPORTED' | 'HEALED' | 'BOUNDARY' | 'NONE';

/**
 * Drops each queueing that a gateway worked out from the upstream's interactions (`HEALED`) whose own event (`REPORTED`) arrived after all: one lies within
 * `START_TOLERANCE_MS`, with no `BOUNDARY` between. `items`: in order of `at`, epoch milliseconds.
 */
export function withoutRepeatedQueueings<T>(
  items: readonly T[],
  look: (item: T) => { readonly role: QueueingRole; readonly at: number },
): readonly T[] {
  const looks = items.map(look);
  if (!looks.some(({ role }) => role === 'HEALED')) return items;
  const isReported = (from: number, step: 1 | -1) => {
    const at = looks[from]?.at ?? 0;
    for (let index = from + step; ; index += step) {
      const other = looks[index];
      if (other === undefined || other.role === 'BOUNDARY' || Math.abs(other.at - at) > START_TOLERANCE_MS) return false;
      if (other.role === 'REPORTED') return true;
    }
  };
  return items.filter((_, index) => looks[index]?.role !== 'HEALED' || !(isReported(index, 1) || isReported(index, -1)));
}
