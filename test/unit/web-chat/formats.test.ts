import { formatsFor } from '../../../examples/web-chat/src/formats.js';

const at = (hours: number, minutes: number) => new Date(2026, 2, 5, hours, minutes).toISOString();
const plain = (text: string) => text.replaceAll(/[\u202f\u00a0]/g, ' ');

it.each([
  ['en-US', '9:05 AM'],
  ['es', '9:05'],
  ['de', '9:05'],
  ['ja', '9:05'],
])('shows times without a leading zero, in the form of %s', (language, expected) => {
  expect(plain(formatsFor(language).clock(at(9, 5)))).toBe(expected);
});

it('names today and yesterday, and other days by their date', () => {
  const { day } = formatsFor('en-GB');
  const now = new Date(2026, 2, 5, 0, 5).getTime();
  expect(day(now, now)).toBe('Today');
  expect(day(new Date(2026, 2, 4, 23, 55).getTime(), now)).toBe('Yesterday');
  expect(day(new Date(2026, 2, 1, 12, 0).getTime(), now)).toBe('Sunday 1 March');
});

it('shows durations and sizes with their units', () => {
  const { duration, size } = formatsFor('en');
  expect([null, 0.44, 12.3, 61].map(duration).map(plain)).toEqual(['–', '0.4 sec', '12 sec', '1 min 1 sec']);
  expect([1, 2_000, 5_000_000].map(size).map(plain)).toEqual(['1 kB', '2 kB', '4.8 MB']);
});
