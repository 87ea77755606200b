import type { Clock } from './clock.js';

/** Calls `ring` at a moment, in epoch milliseconds, unless the function that it returns is called before. */
export type Alarm = (at: number, ring: () => void) => () => void;

/** Node's timers take no longer time: some 24 days. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** By the process's own timers, which keep it from nothing. They go by a clock of their own: a moment that has not come yet is waited for again. */
export function alarmBy(clock: Clock): Alarm {
  return (at, ring) => {
    let timer: NodeJS.Timeout;
    const wait = () => {
      timer = setTimeout(() => (clock() < at ? wait() : ring()), Math.min(Math.max(at - clock(), 1), MAX_TIMEOUT_MS)).unref();
    };
    wait();
    return () => clearTimeout(timer);
  };
}
