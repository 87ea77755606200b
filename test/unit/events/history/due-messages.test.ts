import { DueMessages, MAX_GROUP_SIZE } from '../../../../src/events/history/due-messages.js';
import { untilTrue } from '../../../support/until.js';

/** Notes what it is handed, a call at a time. */
function noting(clock = Date.now) {
  const handed: string[][][] = [];
  const due = new DueMessages<string>(clock, (groups) => {
    handed.push(groups.map((group) => [...group]));
    return Promise.resolve();
  });
  return { due, handed };
}

describe('messages that wait until they are due', () => {
  it('are handed over by conversation, the one that is due first first, each in order of time', async () => {
    const { due, handed } = noting();
    for (const [conversationId, dueAt] of [
      ...[['a', 30] as const, ['b', 20] as const, ['a', 10] as const, ['b', 5] as const],
      ...[['c', 7] as const, ['a', 40] as const, ['b', 20] as const],
    ])
      due.add(conversationId, `${conversationId}${dueAt}`, dueAt);
    await due.close();
    expect(handed).toEqual([[['b5', 'b20', 'b20'], ['c7'], ['a10', 'a30', 'a40']]]);
  });

  it('are handed over a few conversations and messages at a time', async () => {
    const { due, handed } = noting();
    for (let n = 0; n < 40; n += 1) due.add(`c${n}`, `c${n}`, n);
    for (let n = 0; n < 70; n += 1) due.add('many', `many ${n}`, 100 + n);
    await due.close();
    expect(handed.map((groups) => groups.map(({ length }) => length).join())).toEqual([
      ...[16, 16].map((length) => Array.from({ length }, () => 1).join()),
      [...Array.from({ length: 8 }, () => 1), MAX_GROUP_SIZE].join(),
      `${MAX_GROUP_SIZE}`,
      `${70 - 2 * MAX_GROUP_SIZE}`,
    ]);
    expect(handed.flat(2).slice(40)).toEqual(Array.from({ length: 70 }, (_, n) => `many ${n}`));
  });

  it('leave others of their conversation waiting that are not due', async () => {
    let now = 1_000;
    const { due, handed } = noting(() => now);
    for (const dueAt of [1_500, 900, 1_200]) due.add('a', String(dueAt), dueAt);
    due.add('b', 'b', 1_100);
    await untilTrue(() => handed.length === 1);
    now = 1_300;
    await untilTrue(() => handed.length === 2);
    now = 1_500;
    await untilTrue(() => handed.length === 3);
    await due.close();
    expect(handed).toEqual([[['900']], [['b'], ['1200']], [['1500']]]);
  });

  it('are dropped where 10,000 wait already, or nothing is accepted any more', async () => {
    const { due, handed } = noting(() => 0);
    for (let n = 0; n < 10_000; n += 1) expect(due.add(`c${n % 500}`, 'x', 1 + n)).toBe(true);
    expect(due.add('c1', 'x', 1)).toBe(false);
    expect(due.add('new', 'x', 1)).toBe(false);
    await due.close();
    expect(due.add('c1', 'x', 0)).toBe(false);
    expect(handed).toEqual([]);
  });

  it('make room once they are handed over', async () => {
    let now = 0;
    const { due, handed } = noting(() => now);
    for (let n = 0; n < 10_000; n += 1) due.add(`c${n % 500}`, 'x', 1 + n);
    now = 1;
    due.add('dropped', 'x', 1);
    // The timer was set by the clock's old time.
    await untilTrue(() => handed.length === 1);
    expect(due.add('c1', 'x', 1)).toBe(true);
    await due.close();
    expect(handed.flat(2)).toHaveLength(2);
  });
});
