import { createTimers } from '../../../src/simulator/timers.js';

describe('timers', () => {
  it('run due calls, but not cancelled ones', async () => {
    const timers = createTimers();
    const ran: string[] = [];
    timers.after(1, () => ran.push('due'));
    timers.after(1, () => ran.push('called off'))();
    await new Promise<void>((resolve) => timers.after(1, resolve));
    expect(ran).toEqual(['due']);
  });

  it('run nothing once they are closed', async () => {
    const timers = createTimers();
    const ran: string[] = [];
    timers.after(1, () => ran.push('asked for before'));
    timers.close();
    timers.after(1, () => ran.push('asked for after'));
    // Timeouts of the same length fire in the order in which they were made.
    await new Promise<void>((resolve) => createTimers().after(1, resolve));
    expect(ran).toEqual([]);
  });
});
