import { asCount, asFlag, asId, asList, asNumber, asRecord, asText, asTime } from '../../../src/domain/parse-unknown.js';

const never = [undefined, null, true, {}, [], [1]];

describe('parsing unknown JSON', () => {
  it('accepts only an object as a record', () => {
    const record = { a: 1 };
    expect(asRecord(record)).toBe(record);
    expect([undefined, null, true, 1, 'a', []].map(asRecord)).toEqual([null, null, null, null, null, null]);
  });

  it('accepts a list, and parses everything else as an empty one', () => {
    expect(asList([1, null])).toEqual([1, null]);
    expect([undefined, null, {}, 'a'].map(asList)).toEqual([[], [], [], []]);
  });

  it('accepts strings and numbers as text', () => {
    expect(['a', '', 7, -1.5].map(asText)).toEqual(['a', '', '7', '-1.5']);
    expect([...never, NaN, Infinity].map(asText)).toEqual(Array(8).fill(null));
  });

  it('rejects an empty string as an id', () => {
    expect(['a', 0, ''].map(asId)).toEqual(['a', '0', null]);
    expect(never.map(asId)).toEqual(Array(6).fill(null));
  });

  it('accepts numbers and decimal strings as numbers', () => {
    expect([7, '7', '-0.5', 0].map(asNumber)).toEqual([7, 7, -0.5, 0]);
    expect([...never, '', ' 7', '7 ', '0x7', '1e3', 'seven', NaN, '9'.repeat(400)].map(asNumber)).toEqual(Array(14).fill(null));
  });

  it('accepts what can be a number of things, in whole numbers that GraphQL can hold', () => {
    expect([7, '7', 0, 7.9, 2_147_483_647].map(asCount)).toEqual([7, 7, 0, 7, 2_147_483_647]);
    expect([...never, -1, 2_147_483_648, '1e3'].map(asCount)).toEqual(Array(9).fill(null));
  });

  it('accepts true and false, also as strings', () => {
    expect([true, 'true', false, 'false'].map(asFlag)).toEqual([true, true, false, false]);
    expect([undefined, null, 1, 0, 'yes', {}].map(asFlag)).toEqual(Array(6).fill(null));
  });

  it('accepts epoch milliseconds and RFC 3339 as a time', () => {
    const time = new Date('2021-01-30T08:30:00Z');
    expect([time.getTime(), String(time.getTime()), '2021-01-30T08:30:00Z', '2021-01-30T10:30:00.000+02:00'].map(asTime)).toEqual(
      Array(4).fill(time),
    );
    expect([...never, '', 'today', '2021-01-30', '2021-13-01T00:00:00Z', 8.64e15 + 1].map(asTime)).toEqual(Array(11).fill(null));
  });
});
