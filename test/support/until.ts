import { setTimeout as pause } from 'node:timers/promises';

/** Waits for a condition that nothing announces; fails by the test's own time limit. */
export async function untilTrue(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(5);
}
