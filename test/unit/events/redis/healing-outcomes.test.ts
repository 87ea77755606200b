import { HealingOutcomes } from '../../../../src/events/redis/healing-outcomes.js';

it('finds outcomes when the first of them is asked for, and once', async () => {
  const asked: number[] = [];
  const outcomes = new HealingOutcomes((from) => {
    asked.push(from);
    return Promise.resolve(['a', 'b', 'c', 'd', 'e'].slice(from, from + 2));
  });
  const found: string[] = [];
  for (let place = 0; place < 5; place += 1) found.push(await outcomes.next(place));
  expect([found, asked]).toEqual([
    ['a', 'b', 'c', 'd', 'e'],
    [0, 2, 4],
  ]);
});

it('goes on with the next one after an error', async () => {
  const outcomes = new HealingOutcomes((from) => (from === 0 ? Promise.reject(new Error('unavailable')) : Promise.resolve(['b', 'c'])));
  await expect(outcomes.next(0)).rejects.toThrow('unavailable');
  expect([await outcomes.next(1), await outcomes.next(2)]).toEqual(['b', 'c']);
});
