import { inOrder, isWithin, readingOrder, remaining, scoresOf, toPlace, toText } from '../../../../src/events/redis/inbox-place.js';
import type { Place } from '../../../../src/events/redis/inbox-place.js';

/** Places of three partitions at a few times, equal ones included, from the top. */
const PLACES: readonly Place[] = [3, 2, 1].flatMap((time) => [0, 1, 2].map((partition) => ({ time, partition })));
const BOUNDS = [null, ...PLACES];

/** Whether a score is what Redis finds between two bounds. */
function isBetween(score: number, { lowest, highest }: ReturnType<typeof scoresOf>): boolean {
  const valueOf = (bound: string) => (bound.endsWith('inf') ? Number(`${bound[0] ?? ''}Infinity`) : Number(bound.replace('(', '')));
  const isAbove = lowest.startsWith('(') ? score > valueOf(lowest) : score >= valueOf(lowest);
  return isAbove && (highest.startsWith('(') ? score < valueOf(highest) : score <= valueOf(highest));
}

it('orders by time from the top, and equal times by partition', () => {
  expect(PLACES.toReversed().sort(inOrder)).toEqual(PLACES);
  expect(PLACES.toSorted(readingOrder({ below: null, above: null, fromEnd: true }))).toEqual(PLACES.toReversed());
});

it('finds in each partition, by its scores, exactly what is below one place and above another', () => {
  for (const below of BOUNDS)
    for (const above of BOUNDS) {
      const range = { below, above, fromEnd: false };
      const [from, to] = [below === null ? 0 : PLACES.indexOf(below) + 1, above === null ? PLACES.length : PLACES.indexOf(above)];
      const expected = PLACES.slice(from, Math.max(from, to));
      expect(PLACES.filter((place) => isWithin(range, place))).toEqual(expected);
      expect(PLACES.filter(({ time, partition }) => isBetween(time, scoresOf(range, partition)))).toEqual(expected);
    }
});

it.each([false, true])('leaves of a range what is beyond the last place that was read, from the end: %s', (fromEnd) => {
  const [range, last] = [
    { below: null, above: null, fromEnd },
    { time: 2, partition: 1 },
  ];
  const rest = PLACES.filter((place) => isWithin(remaining(range, last), place));
  expect(rest).toEqual(fromEnd ? PLACES.slice(0, 4) : PLACES.slice(5));
});

it('is the same place as text', () => {
  for (const place of PLACES) expect(toPlace(toText(place))).toEqual(place);
});
