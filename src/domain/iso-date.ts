/*
 * Dates as `Date` itself reads and writes them in UTC, but cheaper: a page of messages has dozens, most of them of one day, which is worked out once.
 */

const DAY_MS = 86_400_000;
/** As `toISOString` writes years of four digits; hours, minutes and seconds that there are. */
const UTC_TEXT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
/** Days whose years have four digits, counted from 1970. */
const FIRST_DAY = -719_528;
const LAST_DAY = 2_932_896;

const numbers = (count: number, digits: number, end: string) =>
  Array.from({ length: count }, (_, n) => String(n).padStart(digits, '0') + end);
const HOURS = numbers(24, 2, ':');
const MINUTES = numbers(60, 2, ':');
const SECONDS = numbers(60, 2, '.');
const MILLISECONDS = numbers(1_000, 3, 'Z');

let readDay = { text: '1970-01-01', startsAt: 0 };
let writtenDay = { number: 0, text: '1970-01-01T' };

/** The same as `new Date(text)` of what `toISOString` writes for years of four digits; null for any other text, which `Date` may read all the same. */
export function parseIsoDate(text: string): Date | null {
  if (!UTC_TEXT.test(text)) return null;
  if (!text.startsWith(readDay.text)) {
    const day = text.slice(0, 10);
    const startsAt = Date.parse(day);
    if (Number.isNaN(startsAt)) return null;
    readDay = { text: day, startsAt };
  }
  const seconds = digit(text, 11) * 36_000 + digit(text, 12) * 3_600 + digit(text, 14) * 600 + digit(text, 15) * 60 + digit(text, 17) * 10;
  return new Date(readDay.startsAt + (seconds + digit(text, 18)) * 1_000 + digit(text, 20) * 100 + digit(text, 21) * 10 + digit(text, 22));
}

const digit = (text: string, index: number): number => text.charCodeAt(index) - 48;

/** The same as `date.toISOString()`, its `RangeError` for an invalid date included. */
export function toIsoString(date: Date): string {
  const time = date.getTime();
  const day = Math.floor(time / DAY_MS);
  if (!(day >= FIRST_DAY && day <= LAST_DAY)) return date.toISOString();
  if (day !== writtenDay.number) writtenDay = { number: day, text: new Date(day * DAY_MS).toISOString().slice(0, 11) };
  const ms = time - day * DAY_MS;
  const hour = Math.floor(ms / 3_600_000);
  const minute = Math.floor(ms / 60_000) % 60;
  const second = Math.floor(ms / 1_000) % 60;
  // Each addition makes a string of its own.
  return `${writtenDay.text}${HOURS[hour]}${MINUTES[minute]}${SECONDS[second]}${MILLISECONDS[ms % 1_000]}`;
}
