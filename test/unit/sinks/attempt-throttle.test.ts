import { setImmediate as nextTick } from 'node:timers/promises';
import { AttemptThrottle } from '../../../src/sinks/attempt-throttle.js';

/** Somebody with work: starts as much of it as is allowed. */
class Starter {
  started = 0;
  constructor(
    private readonly throttle: AttemptThrottle,
    private readonly work: number,
  ) {}

  readonly run = (): void => {
    while (this.started < this.work && this.throttle.tryStart(this.run)) this.started += 1;
  };
}

describe('the throttle of attempts', () => {
  it('lets little start in each tick, and everything in the end', async () => {
    const one = new Starter(new AttemptThrottle(), 100);
    one.run();
    expect(one.started).toBeLessThan(10);
    let ticks = 0;
    for (let before = one.started; one.started < 100; before = one.started) {
      await nextTick();
      ticks += 1;
      expect(one.started - before).toBeLessThan(10);
    }
    expect(ticks).toBeGreaterThan(10);
  });

  it('serves all alike who wait', async () => {
    const throttle = new AttemptThrottle();
    const all = Array.from({ length: 3 }, () => new Starter(throttle, 400));
    for (const { run } of all) run();
    while (all.every(({ started }) => started < 400)) await nextTick();
    for (const { started } of all) expect(started).toBeGreaterThan(370);
    while (all.some(({ started }) => started < 400)) await nextTick();
  });
});
