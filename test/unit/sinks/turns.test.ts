import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns } from '../../../src/sinks/turns.js';

/** Somebody with work: starts as much of it as is allowed. */
class Starter {
  started = 0;
  constructor(
    private readonly turns: Turns,
    private readonly work: number,
  ) {}

  readonly run = (): void => {
    while (this.started < this.work && this.turns.take(this.run)) this.started += 1;
  };
}

describe('turns', () => {
  it('let little start in each, and everything in the end', async () => {
    const one = new Starter(new Turns(), 100);
    one.run();
    expect(one.started).toBeLessThan(10);
    let turns = 0;
    for (let before = one.started; one.started < 100; before = one.started) {
      await nextTurn();
      turns += 1;
      expect(one.started - before).toBeLessThan(10);
    }
    expect(turns).toBeGreaterThan(10);
  });

  it('serve all alike who wait', async () => {
    const turns = new Turns();
    const all = Array.from({ length: 3 }, () => new Starter(turns, 400));
    for (const { run } of all) run();
    while (all.every(({ started }) => started < 400)) await nextTurn();
    for (const { started } of all) expect(started).toBeGreaterThan(370);
    while (all.some(({ started }) => started < 400)) await nextTurn();
  });
});
