import { isNestedDeeperThan } from '../../../src/domain/nesting-depth.js';

it.each([
  [null, 0],
  ['text', 0],
  [[], 1],
  [{ a: 1, b: { c: [2] } }, 3],
  [[[], [[1]]], 3],
])('counts the levels of %j', (value, levels) => {
  expect(isNestedDeeperThan(levels, value)).toBe(false);
  if (levels > 0) expect(isNestedDeeperThan(levels - 1, value)).toBe(true);
});

it('does not overflow the stack at any depth', () => {
  let value: unknown = null;
  for (let level = 0; level < 100_000; level += 1) value = { value };
  expect([isNestedDeeperThan(99_999, value), isNestedDeeperThan(100_000, value)]).toEqual([true, false]);
});
