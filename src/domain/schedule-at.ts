import type { Clock } from './clock.js';

/** Calls `ring` at a moment, in epoch milliseconds, unless the function that it returns is called before. */
export type ScheduleAt = (at: number, callback: () => void) => () => void;

/** Node's timers take no longer time: some 24 days. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** By the process's own timers, which keep it from nothing. They go by a clock of their own: a moment that has not come yet is waited for again. */
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
