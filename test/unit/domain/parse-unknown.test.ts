import { asFlag, asId, asList, asNumber, asRecord, asText, asTime } from '../../../src/domain/parse-unknown.js';

const never = [undefined, null, true, {}, [], [1]];

describe('reading unknown JSON', () => {
  it('takes an object for a record, and nothing else', () => {
    const record = { a: 1 };
    expect(asRecord(record)).toBe(record);
    expect([undefined, null, true, 1, 'a', []].map(asRecord)).toEqual([null, null, null, null, null, null]);
  });

  it('takes a list, and reads everything else as an empty one', () => {
    expect(asList([1, null])).toEqual([1, null]);
    expect([undefined, null, {}, 'a'].map(asList)).toEqual([[], [], [], []]);
  });

  it('takes strings and numbers for text', () => {
    expect(['a', '', 7, -1.5].map(asText)).toEqual(['a', '', '7', '-1.5']);
    expect([...never, NaN, Infinity].map(asText)).toEqual(Array(8).fill(null));
  });

  it('takes no empty string for an id', () => {
    expect(['a', 0, ''].map(asId)).toEqual(['a', '0', null]);
    expect(never.map(asId)).toEqual(Array(6).fill(null));
  });

  it('takes numbers, and decimal strings for numbers', () => {
    expect([7, '7', '-0.5', 0].map(asNumber)).toEqual([7, 7, -0.5, 0]);
    expect([...never, '', ' 7', '7 ', '0x7', '1e3', 'seven', NaN, '9'.repeat(400)].map(asNumber)).toEqual(Array(14).fill(null));
  });

  it('takes true and false, also as words', () => {
    expect([true, 'true', false, 'false'].map(asFlag)).toEqual([true, true, false, false]);
    expect([undefined, null, 1, 0, 'yes', {}].map(asFlag)).toEqual(Array(6).fill(null));
  });

  it('takes epoch milliseconds and RFC 3339 for a time', () => {
    const time = new Date('2021-01-30T08:30:00Z');
    expect([time.getTime(), String(time.getTime()), '2021-01-30T08:30:00Z', '2021-01-30T10:30:00.000+02:00'].map(asTime)).toEqual(
      Array(4).fill(time),
    );
    expect([...never, '', 'today', '2021-01-30', '2021-13-01T00:00:00Z', 8.64e15 + 1].map(asTime)).toEqual(Array(11).fill(null));
  });
});
