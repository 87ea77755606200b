import { parseIsoDate, toIsoString } from '../../../src/domain/iso-date.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';

const DAY_MS = 86_400_000;
const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
const EDGES = [FIRST, LAST, 0, Date.parse('2024-02-29T00:00:00.000Z'), Date.parse('2026-12-31T23:59:59.999Z'), 8.64e15, -8.64e15];

const next = seededRandom(20_261_128);
const anyTime = () => Math.floor(FIRST + next() * (LAST - FIRST));
/** Several of one day, alternating with others. */
const TIMES = [
  ...EDGES.flatMap((time) => [time - 1, time, time + 1]),
  ...Array.from({ length: 5_000 }, (_, n) => (n % 3 === 0 ? anyTime() : Math.floor(DAY_MS * (20_000 + next() * 3)))),
];

it('formats dates as toISOString does, and parses them', () => {
  for (const time of TIMES) {
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) {
      expect(() => toIsoString(date)).toThrow(RangeError);
      continue;
    }
    expect(toIsoString(date)).toBe(date.toISOString());
    const isOfFourDigits = time >= FIRST && time <= LAST;
    expect(parseIsoDate(date.toISOString())).toEqual(isOfFourDigits ? date : null);
  }
});

it.each([
  '2026-11-28T24:00:00.000Z',
  '2026-11-28T23:60:00.000Z',
  '2026-11-28T23:59:60.000Z',
  '2026-02-31T10:00:00.000Z',
  '2026-02-29T10:00:00.000Z',
  '2026-13-01T10:00:00.000Z',
  '2026-00-01T10:00:00.000Z',
  '2026-11-28T10:00:00Z',
  '2026-11-28T10:00:00.1234567Z',
  '2026-11-28T10:00:00.000+02:00',
  '+012026-11-28T10:00:00.000Z',
  '2026-11-28T1a:00:00.000Z',
  ' 2026-11-28T10:00:00.000Z',
  '2026-11-28T10:00:00.000Z\n',
  '',
])('rejects %j or parses it as Date does, even after others of its day', (text) => {
  for (const before of ['2026-11-28T09:00:00.000Z', '2026-02-28T09:00:00.000Z']) {
    expect(parseIsoDate(before)).toEqual(new Date(before));
    expect([null, new Date(text)]).toContainEqual(parseIsoDate(text));
  }
});
