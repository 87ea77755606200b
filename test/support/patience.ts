import { TIMEOUT_FACTOR } from './timeout-factor.js';

/** A time limit within a test, in milliseconds, as long as `TEST_TIMEOUT_FACTOR` makes all of them. Limits that are given to `it` and its hooks are made longer by themselves. */
export const patiently = (ms: number): number => ms * TIMEOUT_FACTOR;
