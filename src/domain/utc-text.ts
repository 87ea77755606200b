/*
 * Dates as `Date` itself reads and writes them in UTC, a third as dear: a page of messages has dozens, most of them of one day, which is worked out once.
 */

const DAY_MS = 86_400_000;
/** As `toISOString` writes years of four digits; hours, minutes and seconds that there are. */
const UTC_TEXT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
/** Days whose years have four digits, counted from 1970. */
const FIRST_DAY = -719_528;
const LAST_DAY = 2_932_896;

const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const THREE_DIGITS = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(3, '0'));

let readDay = { text: '1970-01-01', startsAt: 0 };
let writtenDay = { number: 0, text: '1970-01-01T' };

/** The same as `new Date(text)` of what `toISOString` writes for years of four digits; null for any other text, which `Date` may read all the same. */
export function dateOfUtcText(text: string): Date | null {
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
export function utcText(date: Date): string {
  const time = date.getTime();
  const day = Math.floor(time / DAY_MS);
  if (!(day >= FIRST_DAY && day <= LAST_DAY)) return date.toISOString();
  if (day !== writtenDay.number) writtenDay = { number: day, text: new Date(day * DAY_MS).toISOString().slice(0, 11) };
  const ms = time - day * DAY_MS;
  const second = Math.floor(ms / 1_000);
  const minute = Math.floor(second / 60);
  const hour = Math.floor(minute / 60);
  return `${writtenDay.text}${TWO_DIGITS[hour]}:${TWO_DIGITS[minute % 60]}:${TWO_DIGITS[second % 60]}.${THREE_DIGITS[ms % 1_000]}Z`;
}
