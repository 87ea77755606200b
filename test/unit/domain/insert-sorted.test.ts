import { insertSorted } from '../../../src/domain/insert-sorted.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';

it('keeps an array in order, and those of equal rank in the order in which they were inserted', () => {
  const random = seededRandom(1);
  const items = Array.from({ length: 500 }, (_, index) => ({ rank: Math.floor(random() * 50), index }));
  const array: typeof items = [];
  for (const item of items) insertSorted(array, item, ({ rank }) => rank);
  expect(array).toEqual(items.toSorted((a, b) => a.rank - b.rank || a.index - b.index));
});
