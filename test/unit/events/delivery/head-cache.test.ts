import { HeadCache } from '../../../../src/events/delivery/head-cache.js';

const a = { conversationId: 'a' };
const b = { conversationId: 'b' };

describe('recent heads', () => {
  it('know where a conversation ended at an earlier moment', () => {
    const heads = new HeadCache(10);
    heads.append('a', 11);
    heads.append('b', 12);
    heads.append('a', 13);
    expect([11, 12, 13].map((moment) => heads.headAt(moment, a))).toEqual([11, 11, 13]);
    expect([10, 11, 12].map((moment) => heads.headAt(moment, b))).toEqual([10, 10, 12]);
    expect(heads.headAt(12, 'all')).toBe(12);
  });

  it('bound a conversation not seen yet by where the log ended at the start', () => {
    const heads = new HeadCache(10);
    heads.append('a', 11);
    expect([heads.headAt(11, b), heads.logHead]).toEqual([10, 11]);
  });

  it('forget conversations longest unused first, and never position their end too early', () => {
    const heads = new HeadCache(0, 2);
    heads.append('a', 1);
    heads.append('b', 2);
    heads.append('a', 3);
    heads.append('c', 4);
    expect(heads.headAt(4, a)).toBe(3);
    expect(heads.headAt(4, b)).toBe(2);
    heads.append('d', 5);
    expect(heads.headAt(5, a)).toBe(3);
    expect(heads.headAt(5, b)).toBe(3);
  });

  it('never go beyond the moment, nor before the last event then, however many came since', () => {
    const heads = new HeadCache(0, 2);
    for (let position = 1; position <= 100; position += 1) heads.append('a', position);
    for (let moment = 0; moment <= 100; moment += 1) expect(heads.headAt(moment, a)).toBe(moment);
    heads.append('b', 101);
    heads.append('c', 102);
    expect(heads.headAt(50, a)).toBe(50);
    expect(heads.headAt(102, a)).toBe(100);
  });

  it('hold for events without a conversation', () => {
    const heads = new HeadCache(0);
    heads.append(null, 1);
    expect([heads.logHead, heads.headAt(1, 'all'), heads.headAt(1, a)]).toEqual([1, 1, 0]);
  });
});
