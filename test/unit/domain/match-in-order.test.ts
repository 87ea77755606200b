import { pairInOrder } from '../../../src/domain/match-in-order.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';

const REACH = 10;
const apart = (a: number, b: number): number | null => (Math.abs(a - b) <= REACH ? Math.abs(a - b) : null);

interface Score {
  readonly count: number;
  readonly apart: number;
}

/** The best score of all pairings, crossing ones too, by trying them all. */
function best(left: readonly number[], right: readonly number[]): Score {
  const [a, ...others] = left;
  if (a === undefined) return { count: 0, apart: 0 };
  const choices = right.flatMap((b, index) => {
    const between = apart(a, b);
    if (between === null) return [];
    const rest = best(others, right.toSpliced(index, 1));
    return [{ count: rest.count + 1, apart: rest.apart + between }];
  });
  return [best(others, right), ...choices].reduce((one, other) =>
    other.count > one.count || (other.count === one.count && other.apart < one.apart) ? other : one,
  );
}

describe('pairInOrder', () => {
  it('makes as many pairs as can be made, as near as can be', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seededRandom(seed);
      const times = () => Array.from({ length: Math.floor(random() * 6) }, () => Math.floor(random() * 40)).sort((a, b) => a - b);
      const [left, right] = [times(), times()];
      const pairs = pairInOrder([...left.entries()], [...right.entries()], ([, a], [, b]) => apart(a, b));
      const distances = [...pairs].map(([[, a], [, b]]) => Math.abs(a - b));
      const score = { count: distances.length, apart: distances.reduce((sum, distance) => sum + distance, 0) };
      expect({ seed, score }).toEqual({ seed, score: best(left, right) });
      expect(new Set(pairs.values()).size).toBe(pairs.size);
    }
  });

  it('takes the earliest of equally near ones', () => {
    expect([...pairInOrder(['a'], ['x', 'y'], () => 0)]).toEqual([['a', 'x']]);
    expect([...pairInOrder(['a', 'b'], ['x'], () => 0)]).toEqual([['a', 'x']]);
  });
});
