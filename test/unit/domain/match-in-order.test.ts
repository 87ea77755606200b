import { matchInOrder } from '../../../src/domain/match-in-order.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';

const REACH = 10;
const distance = (a: number, b: number): number | null => (Math.abs(a - b) <= REACH ? Math.abs(a - b) : null);

interface Score {
  readonly count: number;
  readonly distance: number;
}

/** The best score of all matchings, including crossing ones, by brute force. */
function best(left: readonly number[], right: readonly number[]): Score {
  const [a, ...others] = left;
  if (a === undefined) return { count: 0, distance: 0 };
  const choices = right.flatMap((b, index) => {
    const between = distance(a, b);
    if (between === null) return [];
    const rest = best(others, right.toSpliced(index, 1));
    return [{ count: rest.count + 1, distance: rest.distance + between }];
  });
  return [best(others, right), ...choices].reduce((one, other) =>
    other.count > one.count || (other.count === one.count && other.distance < one.distance) ? other : one,
  );
}

describe('matchInOrder', () => {
  it('makes as many pairs as possible, with the smallest total distance', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seededRandom(seed);
      const times = () => Array.from({ length: Math.floor(random() * 6) }, () => Math.floor(random() * 40)).sort((a, b) => a - b);
      const [left, right] = [times(), times()];
      const pairs = matchInOrder([...left.entries()], [...right.entries()], ([, a], [, b]) => distance(a, b));
      const distances = [...pairs].map(([[, a], [, b]]) => Math.abs(a - b));
      const score = { count: distances.length, distance: distances.reduce((sum, one) => sum + one, 0) };
      expect({ seed, score }).toEqual({ seed, score: best(left, right) });
      expect(new Set(pairs.values()).size).toBe(pairs.size);
    }
  });

  it('prefers the earliest of equally near items', () => {
    expect([...matchInOrder(['a'], ['x', 'y'], () => 0)]).toEqual([['a', 'x']]);
    expect([...matchInOrder(['a', 'b'], ['x'], () => 0)]).toEqual([['a', 'x']]);
  });
});
