import type { Clock } from './clock.js';

/** Calls `callback` at a time, in epoch milliseconds. The returned function cancels it. */
export type ScheduleAt = (at: number, callback: () => void) => () => void;

/** The longest delay of Node's timers, about 24 days. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Uses unref'd `setTimeout`s. If a timer fires before `clock` reaches the time (timers are monotonic, `clock` is not), it waits again. */
export function timerScheduler(clock: Clock): ScheduleAt {
  return (at, callback) => {
    let timer: NodeJS.Timeout;
    const wait = () => {
      timer = setTimeout(() => (clock() < at ? wait() : callback()), Math.min(Math.max(at - clock(), 1), MAX_TIMEOUT_MS)).unref();
    };
    wait();
    return () => clearTimeout(timer);
  };
}
