import {
  inOrder,
  isWithin,
  readingOrder,
  remaining,
  scoresOf,
  toInboxPosition,
  toText,
} from '../../../../src/events/redis/inbox-position.js';
import type { InboxPosition } from '../../../../src/events/redis/inbox-position.js';

/** Positions of three partitions at a few times, equal ones included, from the top. */
const POSITIONS: readonly InboxPosition[] = [3, 2, 1].flatMap((time) => [0, 1, 2].map((partition) => ({ time, partition })));
const BOUNDS = [null, ...POSITIONS];

/** Whether a score is what Redis finds between two bounds. */
function isBetween(score: number, { lowest, highest }: ReturnType<typeof scoresOf>): boolean {
  const valueOf = (bound: string) => (bound.endsWith('inf') ? Number(`${bound[0] ?? ''}Infinity`) : Number(bound.replace('(', '')));
  const isAbove = lowest.startsWith('(') ? score > valueOf(lowest) : score >= valueOf(lowest);
  return isAbove && (highest.startsWith('(') ? score < valueOf(highest) : score <= valueOf(highest));
}

it('orders by time from the top, and equal times by partition', () => {
  expect(POSITIONS.toReversed().sort(inOrder)).toEqual(POSITIONS);
  expect(POSITIONS.toSorted(readingOrder({ below: null, above: null, fromEnd: true }))).toEqual(POSITIONS.toReversed());
});

it('finds in each partition, by its scores, exactly what is below one position and above another', () => {
  for (const below of BOUNDS)
    for (const above of BOUNDS) {
      const range = { below, above, fromEnd: false };
      const [from, to] = [below === null ? 0 : POSITIONS.indexOf(below) + 1, above === null ? POSITIONS.length : POSITIONS.indexOf(above)];
      const expected = POSITIONS.slice(from, Math.max(from, to));
      expect(POSITIONS.filter((position) => isWithin(range, position))).toEqual(expected);
      expect(POSITIONS.filter(({ time, partition }) => isBetween(time, scoresOf(range, partition)))).toEqual(expected);
    }
});

it.each([false, true])('leaves of a range what is beyond the last position that was read, from the end: %s', (fromEnd) => {
  const [range, last] = [
    { below: null, above: null, fromEnd },
    { time: 2, partition: 1 },
  ];
  const rest = POSITIONS.filter((position) => isWithin(remaining(range, last), position));
  expect(rest).toEqual(fromEnd ? POSITIONS.slice(0, 4) : POSITIONS.slice(5));
});

it('is the same position as text', () => {
  for (const position of POSITIONS) expect(toInboxPosition(toText(position))).toEqual(position);
});
