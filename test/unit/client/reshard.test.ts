import { reshard } from '../../../client/src/reshard.js';
import type { ShardCursor } from '../../../client/src/reshard.js';

const at = (index: number, count: number, after: string): ShardCursor => ({ shard: { index, count }, after });
const cursors = (...afters: string[]) => afters.map((after, index) => at(index, afters.length, after));

it('gives each of more workers a shard at the one cursor', () => {
  expect(reshard(cursors('a'), 3)).toEqual([[at(0, 3, 'a')], [at(1, 3, 'a')], [at(2, 3, 'a')]]);
});

it('gives one worker all shards, each at its cursor', () => {
  expect(reshard(cursors('a', 'b', 'c'), 1)).toEqual([[at(0, 3, 'a'), at(1, 3, 'b'), at(2, 3, 'c')]]);
});

it('leaves shards as they are if the number of workers stays', () => {
  expect(reshard(cursors('a', 'b', 'c', 'd'), 4)).toEqual(cursors('a', 'b', 'c', 'd').map((one) => [one]));
});

it('divides 4 shards among 3 workers by 12', () => {
  // Shard j of 12 is in shard j mod 4 of 4, and is the worker's j mod 3.
  expect(reshard(cursors('a', 'b', 'c', 'd'), 3)).toEqual([
    [at(0, 12, 'a'), at(6, 12, 'c'), at(3, 12, 'd'), at(9, 12, 'b')],
    [at(1, 12, 'b'), at(7, 12, 'd'), at(4, 12, 'a'), at(10, 12, 'c')],
    [at(2, 12, 'c'), at(8, 12, 'a'), at(5, 12, 'b'), at(11, 12, 'd')],
  ]);
});

it('joins what stands at the same cursor', () => {
  expect(reshard(cursors('a', 'a', 'a', 'a'), 3)).toEqual([[at(0, 3, 'a')], [at(1, 3, 'a')], [at(2, 3, 'a')]]);
  expect(reshard(cursors('a', 'b', 'a', 'b'), 1)).toEqual([[at(0, 2, 'a'), at(1, 2, 'b')]]);
});

it('goes on from what it returned', () => {
  const three = reshard(cursors('a', 'b', 'c', 'd'), 3).flat();
  expect(reshard(three, 4)).toEqual(cursors('a', 'b', 'c', 'd').map((one) => [one]));
});

it.each([
  [[at(0, 2, 'a')], 1, 'Shard 1 of 2 is in none of the shards.'],
  [[at(0, 2, 'a'), at(1, 2, 'b'), at(0, 4, 'c')], 1, 'Shard 0 of 4 overlaps with another one.'],
  [[at(2, 2, 'a')], 1, 'There is no shard 2 of 2.'],
  [cursors('a'), 0, 'The number of workers must be between 1 and 1024; got 0.'],
  [cursors('a'), 1.5, 'The number of workers must be between 1 and 1024; got 1.5.'],
  [cursors(...Array.from({ length: 25 }, String)), 49, '1225 shards would be needed; the gateway takes 1024.'],
])('rejects %j for %d workers', (given, workers, message) => {
  expect(() => reshard(given, workers)).toThrow(new RangeError(message));
});

it('has every conversation with exactly one worker, at the cursor of its old shard', () => {
  for (const before of [1, 2, 3, 4, 6, 7])
    for (const workers of [1, 2, 3, 4, 5, 8]) {
      const old = cursors(...Array.from({ length: before }, (_, index) => `cursor ${index % 3}`));
      const shares = reshard(old, workers);
      for (let hash = 0; hash < 2 * before * workers; hash += 1) {
        const found = shares.flatMap((share, worker) =>
          share.filter(({ shard }) => hash % shard.count === shard.index).map(({ after }) => ({ worker, after })),
        );
        expect(found).toEqual([{ worker: hash % workers, after: old[hash % before]?.after }]);
      }
    }
});
