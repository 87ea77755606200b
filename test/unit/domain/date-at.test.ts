import { dateAt } from '../../../src/domain/date-at.js';
import { asTime } from '../../../src/domain/parse-unknown.js';

it.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [Date.UTC(9999, 11, 31, 23, 59, 59, 999), '9999-12-31T23:59:59.999Z'],
  [Date.parse('0000-01-01T00:00:00Z'), '0000-01-01T00:00:00.000Z'],
])('converts %d', (epochMs, text) => {
  expect(dateAt(epochMs)?.toISOString()).toBe(text);
  expect(asTime(epochMs)?.toISOString()).toBe(text);
});

it.each([Date.UTC(10_000, 0), 1e16, -1e15, NaN, Infinity])('is null for %d', (epochMs) => {
  expect(dateAt(epochMs)).toBeNull();
  expect(asTime(epochMs)).toBeNull();
});
